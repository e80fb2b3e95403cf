/**
 * What unit tests import from `@jest/globals`, for `test-runner.ts`. It registers tests, and runs them any number of times
 * in one process.
 */
import { pathToFileURL } from 'node:url';

export { expect } from 'expect';

/**
 * A test that waits for longer has failed: with a mutant, it may wait for something that never comes. Stryker's own limit
 * is for tests that keep the process busy; it starts a new one after each.
 */
const TEST_LIMIT_MS = 3_000;

type Work = (...args: readonly unknown[]) => unknown;
type Moment = 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll';

interface Suite {
  readonly title: string;
  readonly parent: Suite | undefined;
  readonly hooks: Readonly<Record<Moment, Work[]>>;
}

export interface RegisteredTest {
  /** The path of the file, a space, the titles, and the number of the test. The same in every process. */
  readonly id: string;
  readonly suite: Suite;
  readonly work: Work;
}

let suite: Suite = newSuite('', undefined);
let tests: RegisteredTest[] = [];

function newSuite(title: string, parent: Suite | undefined): Suite {
  return { title, parent, hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] } };
}

/** Imports a test file, by its path relative to the working directory, and returns its tests. */
export async function testsOf(file: string): Promise<readonly RegisteredTest[]> {
  suite = newSuite(file, undefined);
  tests = [];
  await import(pathToFileURL(file).href);
  return tests;
}

/** Runs tests of one file one after the other. Stops when `report` returns false. */
export async function runTests(
  wanted: readonly RegisteredTest[],
  start: (test: RegisteredTest) => void,
  report: (test: RegisteredTest, failure: unknown) => boolean,
): Promise<void> {
  const entered = new Set<Suite>();
  let last: RegisteredTest | undefined;
  for (const one of wanted) {
    start(one);
    const suites = suitesOf(one);
    const work = async () => {
      for (const next of suites) {
        if (!entered.has(next)) await run(next.hooks.beforeAll);
        entered.add(next);
      }
      for (const { hooks } of suites) await run(hooks.beforeEach);
      await one.work();
    };
    const after = async () => {
      for (const { hooks } of suites.toReversed()) await run(hooks.afterEach);
    };
    const failure = await failureOf(work);
    const leftover = await failureOf(after);
    last = one;
    if (!report(one, failure ?? leftover)) break;
  }
  for (const { hooks } of [...entered].reverse()) {
    const failure = await failureOf(() => run(hooks.afterAll));
    if (failure !== undefined && last !== undefined) report(last, failure);
  }
}

/** The suites of a test, the outermost first. */
function suitesOf({ suite: own }: Pick<RegisteredTest, 'suite'>): readonly Suite[] {
  const suites: Suite[] = [];
  for (let at: Suite | undefined = own; at !== undefined; at = at.parent) suites.unshift(at);
  return suites;
}

async function run(hooks: readonly Work[]): Promise<void> {
  for (const hook of hooks) await hook();
}

/** Fails the work under way. */
let interrupt: (error: unknown) => void = () => {};

/** Fails the running test with an error that nothing caught. */
export function failRunningTest(error: unknown): void {
  interrupt(error);
}

async function failureOf(work: () => Promise<void>): Promise<unknown> {
  const limit = AbortSignal.timeout(TEST_LIMIT_MS);
  const interrupted = new Promise<void>((_resolve, reject) => {
    interrupt = reject;
    limit.addEventListener('abort', () => reject(limit.reason));
  });
  try {
    await Promise.race([work(), interrupted]);
    return undefined;
  } catch (error) {
    return error ?? new Error('a test threw nothing');
  }
}

const addHook = (moment: Moment) => (work: Work) => suite.hooks[moment].push(work);
export const beforeAll = addHook('beforeAll');
export const beforeEach = addHook('beforeEach');
export const afterEach = addHook('afterEach');
export const afterAll = addHook('afterAll');

export const describe = withTable((title, work) => {
  const outer = suite;
  suite = newSuite(title, outer);
  work();
  suite = outer;
});

export const test = withTable((title, work) => {
  const titles = suitesOf({ suite }).map((one) => one.title);
  // Two tests can have the same title, and all rows of a table do: their values can differ from process to process.
  tests.push({ id: `${titles.join(' ')} ${title} (${tests.length})`, suite, work });
});

/** Adds `.each`, with one row for each call. */
function withTable(register: (title: string, work: Work) => void) {
  const each =
    (...[table, ...values]: readonly (readonly unknown[])[]) =>
    (title: string, work: Work) => {
      if (values.length > 0) throw new TypeError('tables in template literals are not supported');
      for (const row of table ?? []) {
        const args = Array.isArray(row) ? row : [row];
        register(title, () => work(...args));
      }
    };
  return Object.assign(register, { each });
}
