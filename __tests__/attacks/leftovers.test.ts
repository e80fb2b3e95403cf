import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { HUB, MINIMAL, SPOKE, type StepOptions, type TestJob, withJob } from '../support/harness.ts';
import { until } from '../support/refresh.ts';

/**
 * Jobs are cancelled at any moment. Whatever the step was at, nothing of it is left once the post steps have run: no file,
 * no process, no key in a variable.
 */
const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
const GRAPH = { 'aws-region': 'eu-west-1', profiles: PROFILES, 'default-profile': 'dev' };
const run = 'sleep 5';

interface Scene {
  readonly inputs: Record<string, string>;
  readonly action?: string;
}

const SCENES: Record<string, Scene> = {
  keys: { inputs: CHAIN },
  profiles: { inputs: GRAPH },
  'refresh: process': { inputs: { ...CHAIN, refresh: 'process' } },
  'refresh: broker': { inputs: { ...CHAIN, refresh: 'broker' } },
  exec: { inputs: { ...CHAIN, run }, action: 'exec' },
  'exec with profiles': { inputs: { ...GRAPH, run }, action: 'exec' },
  'exec with a broker': { inputs: { ...CHAIN, run, refresh: 'broker' }, action: 'exec' },
};

/** Milliseconds after the start: from before Node is up to after the last file is written. */
const MOMENTS = Array.from({ length: 15 }, (_, index) => 25 + index * 20);
const AT_ONCE = 4;

/** Every file below a folder, with its text. */
async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')] as const));
  return Object.fromEntries(texts);
}

/** Processes of ours that name the job's folder or belong to its broker. */
function processesOf({ job }: TestJob): string[] {
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const own = list.filter((line) => line.includes(job.temp));
  return own.concat(list.filter((line) => /dist\/broker\/index\.js/.test(line) && brokerOf(line, job.temp)));
}

/** A broker has the job's variables. */
function brokerOf(line: string, temp: string): boolean {
  const [pid = ''] = line.trim().split(' ');
  try {
    const environment = execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8', stdio: 'pipe' });
    return environment.includes(temp);
  } catch {
    return false;
  }
}

async function assertNothingLeft(context: TestJob, what: string): Promise<void> {
  const { job } = context;
  expect({ what, home: await readdir(job.home) }).toEqual({ what, home: [] });
  const temp = (await readdir(job.temp)).filter((name) => !name.startsWith('step-'));
  expect({ what, temp }).toEqual({ what, temp: [] });
  const secrets = context.lab.secrets();
  for (const [file, text] of Object.entries(await filesBelow(job.temp))) {
    // The runner's own command files go with the step.
    if (path.basename(file).startsWith('step-')) continue;
    expect({ what, file, secret: secrets.some((secret) => text.includes(secret)) }).toMatchObject({
      secret: false,
    });
  }
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
    expect({ what, name, value: job.environment[name] ?? '' }).toMatchObject({ value: '' });
  }
  // One that had no plan yet ends by itself, within the second in which it looks.
  await until(() => processesOf(context).length === 0, 3);
}

async function cancelled(name: string, signal: NodeJS.Signals, milliseconds: number): Promise<void> {
  const { inputs, action } = SCENES[name] ?? { inputs: {} };
  const options: StepOptions = { cancel: { signal, milliseconds }, ...(action !== undefined && { action }) };
  await withJob({}, async (context) => {
    await context.uses(inputs, options);
    await context.finish();
    await assertNothingLeft(context, `${name}, ${signal} after ${milliseconds} ms`);
  });
}

async function all(work: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...work];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const posix = process.platform === 'win32' ? test.skip : test;

posix.each(Object.keys(SCENES))(
  '%s, cancelled at any moment: nothing is left',
  async (name) => {
    const runs = (['SIGINT', 'SIGKILL'] as const).flatMap((signal) =>
      MOMENTS.map((milliseconds) => () => cancelled(name, signal, milliseconds)),
    );
    await all(runs);
    console.log(`${name}: ${runs.length} cancelled runs, nothing left`);
  },
  120_000,
);

posix.each(['keys', 'profiles', 'refresh: process', 'refresh: broker'])(
  'the post step of %s, cancelled at its first word, ends its work',
  (name) =>
    withJob({}, async (context) => {
      await context.uses(SCENES[name]?.inputs ?? {});
      await context.finish({ cancel: { signal: 'SIGINT', milliseconds: undefined } });
      await assertNothingLeft(context, `the post step of ${name}`);
    }),
);

posix.each(Object.keys(SCENES))(
  '%s, with no place for the state: the step fails, and nothing is left',
  (name) =>
    withJob({}, async (context) => {
      const { inputs, action } = SCENES[name] ?? { inputs: {} };
      const env = { GITHUB_STATE: '/dev/full' };
      const step = await context.uses(inputs, { env, ...(action !== undefined && { action }) });
      expect(step.exitCode).toBe(1);
      await context.finish();
      await assertNothingLeft(context, `${name} without state`);
    }),
);
