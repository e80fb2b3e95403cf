/**
 * `npm run mutants`: Stryker changes one expression at a time in the rooms of pure logic. A unit test has to fail for each
 * change. A change that no test notices survives and is in the report.
 *
 *     npm run mutants
 *     npm run mutants -- --mutate src/aws/wildcards.ts
 */
const FOLDER = '.cache/mutants';

export default {
  mutate: ['src/{aws,config,diagnosis,plan,platform,session,shared-config,trust}/**/*.ts'],
  testRunner: 'in-process',
  plugins: ['./scripts/mutants/test-runner.ts'],
  ignorers: ['readers-texts'],
  // For each mutant, only the tests that reach it run.
  coverageAnalysis: 'perTest',
  // A change to the value of a constant affects every test, so each one needs a new process.
  ignoreStatic: true,
  // TypeScript 7 has no API with which Stryker could rewrite tsconfig.json. The tests do not read that file.
  tsconfigFile: 'none',
  concurrency: 2,
  // A mutant that keeps its process busy counts as found. On a busy machine, a slow test must not look like one.
  timeoutMS: 15_000,
  incremental: true,
  incrementalFile: `${FOLDER}/incremental.json`,
  tempDirName: `${FOLDER}/work`,
  ignorePatterns: ['dist', 'docs', '.cache'],
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { reportTests: false, allowColor: false },
  htmlReporter: { fileName: `${FOLDER}/report.html` },
  jsonReporter: { fileName: `${FOLDER}/report.json` },
};
