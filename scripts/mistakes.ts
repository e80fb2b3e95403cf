/**
 * Mistakes that only a built program shows. In a copy of the project, makes each mistake of `__tests__/mistakes.ts` on its
 * own, builds the programs, and expects the test to fail. Each processor has a copy.
 *
 *     npm run mistakes                      all of them
 *     npm run mistakes -- signal receipt    those with one of these texts in their name
 *
 * docs/quality.md gets the last result of each mistake, once there is one of all.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { MISTAKES, type Mistake } from '../__tests__/mistakes.ts';
import { writeMistakes } from './quality.ts';
import { projectFiles } from './set-owner.ts';
import { root } from './tools.ts';

export type Outcome =
  | 'killed'
  | 'survived'
  | 'no longer applies'
  | 'does not build'
  | 'no test has this name'
  | 'its test fails without it';

/** The copy of the project. */
export interface Copy {
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Whether the programs build. */
  build(): Promise<boolean>;
  /** Brings back the programs without any mistake. */
  restore(): Promise<void>;
  /** Runs the test of a mistake. */
  run(mistake: Mistake): Promise<TestResult>;
  /** As `run`, in the copy without any mistake. */
  runUnchanged(mistake: Mistake): Promise<TestResult>;
}

interface TestResult {
  readonly fails: boolean;
  /** The number of tests that pass. */
  readonly passed: number;
}

/** The text with the mistake; undefined if the text to replace is not there exactly once. */
export function withMistake(text: string, { search, replace }: Mistake): string | undefined {
  const [before, after, ...more] = text.split(search);
  return before === undefined || after === undefined || more.length > 0
    ? undefined
    : before + replace + after;
}

/** Makes one mistake, runs its test, and takes the mistake back. */
export async function tryMistake(mistake: Mistake, copy: Copy): Promise<Outcome> {
  const { file } = mistake;
  const text = await copy.read(file).catch(() => '');
  const changed = withMistake(text, mistake);
  if (changed === undefined) return 'no longer applies';
  const { fails, passed } = await copy.runUnchanged(mistake);
  if (fails) return 'its test fails without it';
  if (passed === 0) return 'no test has this name';
  await copy.write(file, changed);
  try {
    if (!(await copy.build())) return 'does not build';
    return (await copy.run(mistake)).fails ? 'killed' : 'survived';
  } finally {
    await copy.write(file, text);
    await copy.restore();
  }
}

/** A built copy of the project in a new folder. The copy shares `node_modules`. */
async function copyProject(folder: string): Promise<Copy> {
  for (const file of await projectFiles(root)) await cp(path.join(root, file), path.join(folder, file));
  await mkdir(folder, { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');

  const node = async (...args: string[]) => {
    const options = { cwd: folder, maxBuffer: Number.POSITIVE_INFINITY };
    try {
      const { stdout } = await promisify(execFile)(process.execPath, args, options);
      return { fails: false, output: stdout };
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      return { fails: true, output: `${stdout}${stderr}` || String(error) };
    }
  };
  // A mistake may leave an import unused.
  const config = path.join(folder, 'tsconfig.build.json');
  const { compilerOptions, ...others } = JSON.parse(await readFile(config, 'utf8'));
  const lenient = { ...compilerOptions, noUnusedLocals: false, noUnusedParameters: false };
  await writeFile(config, JSON.stringify({ ...others, compilerOptions: lenient }));
  const dist = path.join(folder, 'dist');
  const good = path.join(folder, 'build-without-mistakes');
  const { fails, output } = await node('scripts/build.ts');
  if (fails) throw new Error(output);
  await cp(dist, good, { recursive: true });

  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const run = async ({ test, testName = '' }: Mistake): Promise<TestResult> => {
    // A test that fails may leave a server or a program behind, for which Jest would wait.
    const args = ['--json', '--forceExit', test, '--testNamePattern', testName];
    const { fails, output } = await node(...jest, ...args);
    const [json = '{}'] = /^\{.*$/m.exec(output) ?? [];
    return { fails, passed: JSON.parse(json).numPassedTests ?? 0 };
  };
  /** Mistakes that the same tests find share the run without a mistake. */
  const unchanged = new Map<string, Promise<TestResult>>();
  return {
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    write: (file, text) => writeFile(path.join(folder, file), text),
    async build() {
      const { fails, output } = await node('scripts/build.ts');
      if (fails) console.error(output);
      return !fails;
    },
    async restore() {
      await rm(dist, { recursive: true });
      await cp(good, dist, { recursive: true });
    },
    run,
    runUnchanged(mistake) {
      const key = `${mistake.test} ${mistake.testName}`;
      const result = unchanged.get(key) ?? run(mistake);
      unchanged.set(key, result);
      return result;
    },
  };
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const chosen = MISTAKES.filter(
    ({ name }) => wanted.length === 0 || wanted.some((text) => name.includes(text)),
  );
  const folder = path.join(root, '.cache/mistakes');
  await rm(folder, { recursive: true, force: true });
  const outcomes = new Map<Mistake, Outcome>();
  const left = [...chosen];
  const workThrough = async (copy: Copy) => {
    for (let mistake = left.shift(); mistake !== undefined; mistake = left.shift()) {
      const started = performance.now();
      const outcome = await tryMistake(mistake, copy);
      outcomes.set(mistake, outcome);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(
        `${outcome.toUpperCase()} (${seconds} s): ${mistake.name} (${mistake.file}, ${mistake.test})`,
      );
    }
  };
  const copies = Math.min(availableParallelism(), chosen.length);
  const folders = Array.from({ length: copies }, (_, index) => path.join(folder, String(index)));
  await Promise.all(folders.map(async (each) => workThrough(await copyProject(each))));
  const results = chosen.map((each) => ({ name: each.name, killed: outcomes.get(each) === 'killed' }));
  const killed = results.filter((one) => one.killed).length;
  console.log(`${killed} of ${chosen.length} mistakes killed.`);
  if (killed < chosen.length || chosen.length === 0) process.exitCode = 1;
  await writeMistakes(results);
}
