/**
 * A test runner for Stryker that keeps test files in memory: a mutant costs the milliseconds of its tests. Jest would load
 * every file again for each mutant, which takes hours for the whole project.
 */
import { globSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { InstrumenterContext, MutantCoverage } from '@stryker-mutator/api/core';
import { declareFactoryPlugin, declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { readersTexts } from './readers-texts.ts';
import { failRunningTest, type RegisteredTest, runTests, testsOf } from './test-globals.ts';

/** The tests of the rooms of pure logic. Tests of other rooms reach this code by accident. */
const TESTS = '__tests__/unit/{aws,config,diagnosis,plan,platform,session,shared-config,trust}/**/*.test.ts';
/** Tests that run the code in another context, where no mutant is active. */
const OTHER_CONTEXT = /trust[\\/]purity/;
/** Tests that start the code in other processes, where no mutant is active. */
const OTHER_PROCESSES = / many processes /;

/** Where the code with mutants looks up the active one, and counts its visits. */
const context: { [Key in keyof InstrumenterContext]?: InstrumenterContext[Key] | undefined } = {};

/** Loads test files and runs tests in this process. */
class InProcessRunner implements TestRunner {
  readonly #tests = new Map<string, readonly RegisteredTest[]>();

  /** A mutant in code that runs on import needs a new process. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    Object.assign(globalThis, { __stryker__: context });
    // A mutant can reject a promise that no test waits for.
    process.on('unhandledRejection', () => {});
    process.on('uncaughtException', failRunningTest);
    const replacements = new Map(
      Object.entries({ '@jest/globals': 'test-globals.ts', 'fast-check': 'drawn-values.ts' }).map(
        ([name, file]) => [name, pathToFileURL(path.join(import.meta.dirname, file)).href],
      ),
    );
    registerHooks({
      resolve: (specifier, details, next) => {
        const url = replacements.get(specifier);
        return url === undefined || url === details.parentURL
          ? next(specifier, details)
          : { url, shortCircuit: true };
      },
    });
  }

  async dryRun(): Promise<DryRunResult> {
    const mutantCoverage: MutantCoverage = { static: {}, perTest: {} };
    context.mutantCoverage = mutantCoverage;
    const files = globSync(TESTS).filter((file) => !OTHER_CONTEXT.test(file));
    const first = await this.#run(files, { bail: false });
    // A test that fails when it runs again in this process would seem to find every mutant.
    const again = await this.#run(files, { bail: false });
    const tests = [...first.filter(({ status }) => status === TestStatus.Failed), ...again];
    return { status: DryRunStatus.Complete, tests, mutantCoverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, testFilter = [], sandboxFileName, disableBail } = options;
    const files = nearestFirst([...new Set(testFilter.map(fileOf))], sandboxFileName);
    context.hitCount = hitLimit === undefined ? undefined : 0;
    context.hitLimit = hitLimit;
    if (options.mutantActivation === 'runtime') for (const file of files) await this.#testsIn(file);
    context.activeMutant = activeMutant.id;
    try {
      const tests = await this.#run(files, { wanted: new Set(testFilter), bail: !disableBail });
      const endless = determineHitLimitReached(context.hitCount, hitLimit);
      return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests });
    } finally {
      context.activeMutant = undefined;
    }
  }

  async #testsIn(file: string): Promise<readonly RegisteredTest[]> {
    const known = this.#tests.get(file);
    if (known !== undefined) return known;
    const tests = (await testsOf(file)).filter(({ id }) => !OTHER_PROCESSES.test(id));
    this.#tests.set(file, tests);
    return tests;
  }

  async #run(files: readonly string[], { wanted, bail }: Selection): Promise<TestResult[]> {
    const results: TestResult[] = [];
    for (const file of files) {
      const tests = await this.#testsIn(file);
      let startedAt = 0;
      const start = ({ id }: RegisteredTest) => {
        context.currentTestId = id;
        startedAt = performance.now();
      };
      const report = ({ id }: RegisteredTest, failure: unknown) => {
        const timeSpentMs = performance.now() - startedAt;
        const result = { id, name: id, fileName: path.resolve(file), timeSpentMs };
        if (failure === undefined) results.push({ ...result, status: TestStatus.Success });
        else results.push({ ...result, status: TestStatus.Failed, failureMessage: String(failure) });
        return results.at(-1)?.status !== TestStatus.Failed || !bail;
      };
      await runTests(wanted === undefined ? tests : tests.filter(({ id }) => wanted.has(id)), start, report);
      context.currentTestId = undefined;
      if (bail && results.at(-1)?.status === TestStatus.Failed) break;
    }
    return results;
  }
}

/** Which tests to run, and whether to stop at the first failure. */
interface Selection {
  readonly wanted?: ReadonlySet<string>;
  readonly bail: boolean;
}

const fileOf = (id: string) => id.slice(0, id.indexOf(' '));

/** Test files in the order in which they are likely to find a mutant soon: those of its room, then the others. */
function nearestFirst(files: readonly string[], mutated: string): readonly string[] {
  const [, room = ''] = /[\\/]src[\\/]([\w-]+)/.exec(mutated) ?? [];
  const distance = (file: string) =>
    file.includes('properties') ? 2 : Number(!file.includes(`unit/${room}/`));
  return files.toSorted((a, b) => distance(a) - distance(b));
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'in-process', () => new InProcessRunner()),
  declareValuePlugin(PluginKind.Ignore, 'readers-texts', readersTexts),
];
