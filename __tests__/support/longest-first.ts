import * as sequencer from '@jest/test-sequencer';

// The package has the types of a CommonJS module and the exports of an ECMAScript one.
const TestSequencer = sequencer.default as unknown as typeof sequencer.default.default;
type Tests = Parameters<InstanceType<typeof TestSequencer>['sort']>[0];

/** Test files that take half a minute, most of it without work. As they are short, they would start late. */
const LONGEST = /(?:build|denials|leftovers|refresh-broker|scale)\.test\.ts$/;

/** Starts the test files that wait longest first. In a fresh clone, Jest knows no times and goes by size. */
export default class LongestFirst extends TestSequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const sorted = await super.sort(tests);
    const isLong = ({ path }: Tests[number]) => LONGEST.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
