/** Measures whole processes: time, and in other runs CPU time, peak memory, and bytes of modules loaded. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACTION_NODE, inputVariables } from '../lab/job.ts';
import type { Lab } from '../lab/lab.ts';
import { parseCommandFile } from '../lab/runner-protocol.ts';
import { tokenVariables } from '../lab/runner-variables.ts';

export const root = path.resolve(import.meta.dirname, '..');
export const main = path.join(root, 'dist/main/index.js');

export interface Command {
  /** The arguments of Node. */
  readonly command: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Files in the workspace, by name. */
  readonly workspace?: Readonly<Record<string, string>>;
}

/** What a process used, including what the preload that reports it used. */
export interface Usage {
  readonly peakKilobytes: number;
  readonly cpuMicroseconds: number;
}

/** Runs Node with `args`. Returns milliseconds. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const started = performance.now();
  const child = spawn(ACTION_NODE, args, { env, stdio: 'ignore' });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  return performance.now() - started;
}

/** The time of a process as a runner starts it, with nothing loaded beside it. */
export async function measure(command: Command, lab: Lab, parent: string): Promise<{ milliseconds: number }> {
  return withRunner(command, lab, parent, async (env) => ({ milliseconds: await run(command.command, env) }));
}

export async function measureUsage(command: Command, lab: Lab, parent: string): Promise<Usage> {
  return withRunner(command, lab, parent, async (env, folder) => {
    const file = path.join(folder, 'usage.json');
    const preload = ['--require', path.join(root, 'bench/usage.cjs')];
    await run([...preload, ...command.command], { ...env, BENCH_USAGE_FILE: file });
    return JSON.parse(await readFile(file, 'utf8'));
  });
}

/** The number of bytes of the modules that a process loads. */
export async function loadedBytes(command: Command, lab: Lab, parent: string): Promise<number> {
  return withRunner(command, lab, parent, async (env, folder) => {
    const file = path.join(folder, 'loaded');
    const preload = ['--import', pathToFileURL(path.join(root, 'bench/loaded.mjs')).href];
    await run([...preload, ...command.command], { ...env, BENCH_LOADED_FILE: file });
    return Number(await readFile(file, 'utf8'));
  });
}

/** Runs a process, and returns what it saved for its post step, as the runner passes it on. */
export async function stateOf(command: Command, lab: Lab, parent: string): Promise<Record<string, string>> {
  return withRunner(command, lab, parent, async (env) => {
    await run(command.command, env);
    const state = parseCommandFile(await readFile(env.GITHUB_STATE ?? '', 'utf8'));
    return Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]));
  });
}

/** Calls `use` with the variables of a new job in a folder of its own, as files of former steps would take time to read. */
async function withRunner<Result>(
  { inputs = {}, env, workspace = {} }: Command,
  lab: Lab,
  parent: string,
  use: (env: Record<string, string>, folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(path.join(parent, 'job-'));
  const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];
  const files = Object.fromEntries(names.map((name) => [name, path.join(folder, name)]));
  for (const file of Object.values(files)) await writeFile(file, '');
  for (const [name, text] of Object.entries(workspace)) await writeFile(path.join(folder, name), text);
  const temp = path.join(folder, 'temp');
  await mkdir(temp);
  const all = {
    'aws-region': 'eu-west-1',
    audience: 'sts.amazonaws.com',
    'sts-endpoint': lab.sts.url,
    ...inputs,
  };
  const variables = {
    ...files,
    PATH: process.env.PATH ?? '',
    GITHUB_REPOSITORY: 'octo-org/octo-app',
    // configure-aws-credentials does not run without these five.
    GITHUB_ACTION: '__assume',
    GITHUB_ACTOR: 'octocat',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_WORKFLOW: 'deploy',
    GITHUB_RUN_ID: '42',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: folder,
    GITHUB_API_URL: lab.oidc.apiUrl,
    RUNNER_TEMP: temp,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: folder,
    USERPROFILE: folder,
    ...tokenVariables(lab),
    ...inputVariables(all),
    ...env,
  };
  try {
    return await use(variables, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
