import { execFile, execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ACTION_NODE } from '../../lab/job.ts';
import type { TestJob } from './harness.ts';

/** What the credential process prints. */
export interface ProcessAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder of a job's sessions that refresh themselves. */
export async function refreshFolder({ job }: TestJob): Promise<string> {
  const ours = path.join(job.temp, 'assume-aws-roles');
  const [name] = (await readdir(ours)).filter((entry) => entry.startsWith('refresh-'));
  if (name === undefined) throw new Error('there is no folder of sessions that refresh themselves');
  return path.join(ours, name);
}

/** What a job's broker is known by, as its folder has it. */
export async function brokerOf(
  context: TestJob,
): Promise<{ pid: number; port: number; token: string; control: string }> {
  return JSON.parse(await readFile(path.join(await refreshFolder(context), 'broker.json'), 'utf8'));
}

/** Asks the endpoint in the job's variables as SDKs do; no answer within ten seconds is an error. */
export async function askEndpoint({
  job,
}: TestJob): Promise<{ status: number; body: Record<string, string> }> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = '', AWS_CONTAINER_AUTHORIZATION_TOKEN = '' } = job.environment;
  const response = await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, {
    headers: { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN, connection: 'close' },
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

/** The file in which the session of the only profile is kept. */
export async function cacheOf(context: TestJob): Promise<string> {
  const folder = await refreshFolder(context);
  const [name] = (await readdir(folder)).filter((entry) => /^session-[\w-]+\.json$/.test(entry));
  if (name === undefined) throw new Error('there is no cache');
  return path.join(folder, name);
}

/** Moves the cached session into the past, so that its refresh is due although it is valid. Returns its access key ID. */
export function makeDue(context: TestJob): Promise<string> {
  return moveSession(context, (durationMs) => durationMs * 0.8);
}

/** Moves the cached session into the past, so that it has expired. Returns its access key ID. */
export function expire(context: TestJob): Promise<string> {
  return moveSession(context, (durationMs) => durationMs + 1000);
}

async function moveSession(context: TestJob, by: (durationMs: number) => number): Promise<string> {
  const cache = await cacheOf(context);
  const entry = JSON.parse(await readFile(cache, 'utf8'));
  entry.cached.obtainedAt -= by(entry.cached.durationMs);
  await writeFile(cache, JSON.stringify(entry));
  return entry.cached.session.credentials.accessKeyId;
}

/** The line that SDKs run. */
export async function credentialProcessLine({ job }: TestJob): Promise<string> {
  const config = await readFile(path.join(job.home, '.aws/config'), 'utf8');
  return /^credential_process = (.*)$/m.exec(config)?.[1] ?? '';
}

/** Runs the line as SDKs do that hand it to a shell. */
export async function askProcess(
  context: TestJob,
  env: Readonly<Record<string, string>> = {},
): Promise<ProcessAnswer> {
  const line = await credentialProcessLine(context);
  try {
    const { stdout, stderr } = await promisify(execFile)('/bin/sh', ['-c', line], {
      env: { ...context.job.environment, ...env },
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

/** Waits until `condition` holds, for at most `seconds`. */
export async function until(condition: () => Promise<boolean> | boolean, seconds = 10): Promise<void> {
  const giveUpAt = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`it did not come true within ${seconds} s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The memory of a process. */
export function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export { ACTION_NODE };
