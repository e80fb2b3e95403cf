/** A mistake that only a built program shows, and the test that finds it. `npm run mistakes` makes each of them. */
export interface Mistake {
  /** What the program does wrong. */
  readonly name: string;
  /** A source file, relative to the repository. */
  readonly file: string;
  /** Text that the file contains exactly once. */
  readonly search: string;
  readonly replace: string;
  /** The path of the test file that has to fail. */
  readonly test: string;
  /** The part of a test name, to run only these tests of the file. */
  readonly testName?: string;
}

/** A mistake without its file. */
type Row = readonly [name: string, search: string, replace: string, test: string, testName: string];

/** The mistakes in one file. */
export function mistakesIn(file: string, rows: readonly Row[]): readonly Mistake[] {
  return rows.map(([name, search, replace, test, testName]) => {
    return { name, file, search, replace, test: `__tests__/${test}.test.ts`, testName };
  });
}
