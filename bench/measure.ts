/** Measures whole processes: time, peak memory, bytes of modules loaded. */
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ACTION_NODE, inputVariables } from '../lab/job.ts';
import type { Lab } from '../lab/lab.ts';

export const root = path.resolve(import.meta.dirname, '..');
export const main = path.join(root, 'dist/main/index.js');

export interface Command {
  /** The arguments of Node. */
  readonly command: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly milliseconds: number;
  readonly peakKilobytes: number;
}

/** Runs Node with `args`. Returns milliseconds. */
export async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const started = performance.now();
  const child = spawn(ACTION_NODE, args, { env, stdio: 'ignore' });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  return performance.now() - started;
}

export async function measure(command: Command, lab: Lab, folder: string): Promise<Sample> {
  const memory = path.join(folder, 'memory');
  const env = { ...(await runnerOf(command, lab, folder)), BENCH_MEMORY_FILE: memory };
  const milliseconds = await run([...preload('peak-memory.mjs'), ...command.command], env);
  return { milliseconds, peakKilobytes: Number(await readFile(memory, 'utf8')) };
}

/** The number of bytes of the modules that a process loads. */
export async function loadedBytes(command: Command, lab: Lab, folder: string): Promise<number> {
  const file = path.join(folder, 'loaded');
  const env = { ...(await runnerOf(command, lab, folder)), BENCH_LOADED_FILE: file };
  await run([...preload('loaded.mjs'), ...command.command], env);
  return Number(await readFile(file, 'utf8'));
}

const preload = (name: string) => ['--import', pathToFileURL(path.join(root, 'bench', name)).href];

/** The variables and files that a runner provides. */
async function runnerOf(
  { inputs = {}, env }: Command,
  lab: Lab,
  folder: string,
): Promise<Record<string, string>> {
  const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'];
  const files = Object.fromEntries(names.map((name) => [name, path.join(folder, name)]));
  for (const file of Object.values(files)) await writeFile(file, '');
  await rm(path.join(folder, '.aws'), { recursive: true, force: true });
  const all = {
    'aws-region': 'eu-west-1',
    audience: 'sts.amazonaws.com',
    'sts-endpoint': lab.sts.url,
    ...inputs,
  };
  return {
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
    RUNNER_TEMP: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: folder,
    USERPROFILE: folder,
    ACTIONS_ID_TOKEN_REQUEST_URL: lab.oidc.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: lab.oidc.bearer,
    ...inputVariables(all),
    ...env,
  };
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
