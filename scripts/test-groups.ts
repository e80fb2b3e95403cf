/** Runs groups of tests that `npm test` leaves out. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { root } from './tools.ts';

/**
 * Runs tests that not every machine can run, or says why this one cannot. With `--check` on the command line it runs none,
 * and exits with code 1 and the reason if this machine cannot run them.
 *
 * @param missing why this machine cannot run them, if so
 */
export async function runOrSkip(missing: string | undefined, run: () => void | Promise<void>): Promise<void> {
  if (process.argv.includes('--check')) {
    if (missing === undefined) return;
    console.log(missing);
    process.exitCode = 1;
  } else if (missing === undefined) {
    await run();
  } else {
    console.log(`Skipped: ${missing}.`);
  }
}

/**
 * Runs the tests of a folder with its own jest configuration.
 *
 * @param prefix a program, with its first words, that starts what follows
 */
export function runTests(folder: string, prefix: readonly string[] = []): void {
  runJest(['--config', `${folder}/jest.config.js`], { prefix });
}

interface JestOptions {
  /** A program, with its first words, that starts what follows. */
  readonly prefix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs jest. Throws if a test fails. */
export function runJest(args: readonly string[], { prefix = [], env = {} }: JestOptions = {}): void {
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const words = [...prefix, process.execPath, '--experimental-vm-modules', '--no-warnings', jest, ...args];
  const [program = '', ...rest] = words;
  execFileSync(program, rest, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
}
