/**
 * Runs the tests again and again on a machine that is busy with something else, to find those that depend on its speed.
 *
 *     npm run loaded                       20 runs of the unit tests and the end-to-end tests
 *     npm run loaded -- 3 refresh-broker   3 runs of the files with "refresh-broker" in their path
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { root } from './tools.ts';

const BUSY_LOOPS = 2;
/** Lower than that of the busy loops. */
const PRIORITY = 5;
/** As many as the end-to-end tests have in `npm test`. */
const WORKERS = '8';

interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs the tests once, at a low priority. */
async function runTests(patterns: readonly string[]): Promise<JestResults> {
  const results = path.join(root, '.cache/loaded-run.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const args = [...jest, '--maxWorkers', WORKERS, '--silent', '--json', '--outputFile', results, ...patterns];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' });
  if (child.pid !== undefined) os.setPriority(child.pid, PRIORITY);
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(await readFile(results, 'utf8'));
}

/** Ends with this script, also when that is killed. */
const BUSY_LOOP = 'const parent = process.ppid; while (process.ppid === parent);';
const busyLoop = (): ChildProcess => spawn(process.execPath, ['--eval', BUSY_LOOP], { stdio: 'ignore' });

if (import.meta.main) {
  const [count = '20', ...patterns] = process.argv.slice(2);
  const loops = Array.from({ length: BUSY_LOOPS }, busyLoop);
  const failures = new Map<string, number>();
  let passed = 0;
  try {
    for (let run = 1; run <= Number(count); run++) {
      const startedAt = performance.now();
      const results = await runTests(patterns);
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      passed += results.numPassedTests;
      console.log(
        `run ${run}: ${results.numPassedTests} passed, ${results.numFailedTests} failed (${seconds} s)`,
      );
      for (const { fullName, status } of results.testResults.flatMap((file) => file.assertionResults))
        if (status === 'failed') {
          console.log(`  failed: ${fullName}`);
          failures.set(fullName, (failures.get(fullName) ?? 0) + 1);
        }
    }
  } finally {
    for (const loop of loops) loop.kill();
  }
  for (const [name, times] of failures) console.log(`failed in ${times} of ${count} runs: ${name}`);
  console.log(
    `${count} runs beside ${BUSY_LOOPS} busy loops: ${passed} passed, ${failures.size} tests failed.`,
  );
  if (failures.size > 0 || passed === 0) process.exitCode = 1;
}
