import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Cancellation, Job, RunningStep, StepResult } from '../../lab/job.ts';
import {
  errorOf,
  HUB,
  MINIMAL,
  NO_TRACES,
  SPOKE,
  type TestJob,
  traces,
  withJob,
} from '../support/harness.ts';
import { type RunningProcess, runningProcesses } from '../support/processes.ts';
import { until } from '../support/refresh.ts';
import { times } from '../support/soak.ts';

/** A job can be cancelled at any moment. After the post steps nothing is left: no file, no process, no key in a variable. */
const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const PROFILES = `[profile hub]\nrole_arn = ${HUB}\n[profile dev]\nsource_profile = hub\nrole_arn = ${SPOKE}\n`;
const GRAPH = { 'aws-region': 'eu-west-1', profiles: PROFILES, 'default-profile': 'dev' };
/** `exec`, so that the signal reaches it. */
const run = 'echo RUNNING; exec sleep 5';

/** Moments in the course of a step. */
const MOMENTS = {
  'the OIDC token is requested': ({ lab }: TestJob) => lab.traffic.counts().oidc === 1,
  'the last session is requested': ({ lab }: TestJob) => lab.traffic.counts().AssumeRole === 1,
  'it has a folder': ({ job }: TestJob) => folders(job.temp).length > 0,
  'its broker runs': ({ job }: TestJob) => filesIn(job.temp, 'broker.json').length > 0,
  'it has written profiles': ({ job }: TestJob) =>
    [job.home, job.temp].some((folder) => filesIn(folder, 'config').length > 0),
  'it exports variables': ({ job }: TestJob) =>
    filesIn(job.temp, 'GITHUB_ENV').some((file) => readFileSync(file, 'utf8') !== ''),
  'its command runs': (_: TestJob, { stdout }: RunningStep) => /^RUNNING$/m.test(stdout),
} as const;
type Moment = keyof typeof MOMENTS;

/** Moments at which a step that can react delivers nothing. */
const BEFORE_DELIVERY: readonly Moment[] = ['the OIDC token is requested', 'the last session is requested'];
/** Long enough for a signal to arrive before an answer. */
const LATENCY_MS = 150;

interface Scene {
  readonly inputs: Record<string, string>;
  readonly action?: string;
  readonly moments: readonly Moment[];
}

const SCENES: Record<string, Scene> = {
  keys: {
    inputs: CHAIN,
    moments: ['the OIDC token is requested', 'the last session is requested', 'it exports variables'],
  },
  profiles: { inputs: GRAPH, moments: ['it has written profiles', 'it exports variables'] },
  'refresh: process': {
    inputs: { ...CHAIN, refresh: 'process' },
    moments: ['it has a folder', 'it has written profiles'],
  },
  'refresh: broker': {
    inputs: { ...CHAIN, refresh: 'broker' },
    moments: ['it has a folder', 'its broker runs', 'it exports variables'],
  },
  exec: { inputs: { ...CHAIN, run }, action: 'exec', moments: ['it has a folder', 'its command runs'] },
  'exec with profiles': {
    inputs: { ...GRAPH, run },
    action: 'exec',
    moments: ['it has written profiles', 'its command runs'],
  },
  'exec with a broker': {
    inputs: { ...CHAIN, run, refresh: 'broker' },
    action: 'exec',
    moments: ['its broker runs', 'its command runs'],
  },
};

/** The folders of steps, and the ledger. */
function folders(temp: string): readonly string[] {
  const ours = path.join(temp, 'assume-aws-roles');
  return existsSync(ours) ? readdirSync(ours) : [];
}

function filesIn(folder: string, name: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(name))
    .map((file) => path.join(folder, file));
}

/** In a soak test, milliseconds from before Node.js is up to after the last file is written. */
const DELAYS_MS = Array.from({ length: times(0, 15) }, (_, index) => 25 + index * 20);
const AT_ONCE = 4;

/** Processes of this action that name the job's folder or belong to its broker. */
function processesOf({ job }: TestJob): readonly RunningProcess[] {
  return runningProcesses().filter(
    ({ pid, commandLine }) =>
      commandLine.includes(job.temp) ||
      (/dist\/broker\/index\.js/.test(commandLine) && hasVariablesOf(job, pid)),
  );
}

/** A broker has the job's variables. */
function hasVariablesOf(job: Job, pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(job.temp);
  } catch {
    return false;
  }
}

async function assertNothingLeft(context: TestJob): Promise<void> {
  const { job } = context;
  expect(await readdir(job.home)).toEqual([]);
  expect((await readdir(job.temp)).filter((name) => !name.startsWith('step-'))).toEqual([]);
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
    expect({ name, value: job.environment[name] ?? '' }).toEqual({ name, value: '' });
  }
  // A broker that had no plan yet stops when it looks for it, within a second.
  await until(() => processesOf(context).length === 0, 5);
}

/** Runs a step that is cancelled, and its post step. Returns the cancelled step. */
async function cancelled(
  { inputs, action = '.' }: Scene,
  signal: NodeJS.Signals,
  when: (context: TestJob, step: RunningStep) => boolean,
  latencyMs = 0,
): Promise<StepResult> {
  let step: StepResult | undefined;
  await withJob({ latencyMs }, async (context) => {
    let isCancelled = false;
    const cancel: Cancellation = { signal, when: (running) => (isCancelled = when(context, running)) };
    step = await context.uses(inputs, { cancel, action });
    expect(isCancelled).toBe(true);
    await context.finish();
    await assertNothingLeft(context);
  });
  if (step === undefined) throw new Error('no step has run');
  return step;
}

async function all(work: readonly (() => Promise<unknown>)[]): Promise<void> {
  const queue = [...work];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const posix = process.platform === 'win32' ? test.skip : test;
const SIGNALS = ['SIGINT', 'SIGKILL'] as const;

describe.each(Object.entries(SCENES))('%s: nothing is left', (_name, scene) => {
  const runs = SIGNALS.flatMap((signal) => scene.moments.map((moment) => [signal, moment] as const));

  posix.each(runs)(
    'after %s when %s',
    async (signal, moment) => {
      const isBefore = BEFORE_DELIVERY.includes(moment);
      const step = await cancelled(scene, signal, MOMENTS[moment], isBefore ? LATENCY_MS : 0);
      if (!isBefore) return;
      expect(traces(step)).toEqual(NO_TRACES);
      if (signal === 'SIGINT') expect(errorOf(step)).toContain('[CANCELLED]');
    },
    60_000,
  );

  if (DELAYS_MS.length > 0) {
    posix(
      'after a signal at any time',
      async () => {
        const work = SIGNALS.flatMap((signal) =>
          DELAYS_MS.map(
            (delay) => () => cancelled(scene, signal, (_, { milliseconds }) => milliseconds >= delay),
          ),
        );
        await all(work);
      },
      300_000,
    );
  }

  posix('without a place for the state, with which the step fails', () =>
    withJob({}, async (context) => {
      const { inputs, action = '.' } = scene;
      const step = await context.uses(inputs, { env: { GITHUB_STATE: '/dev/full' }, action });
      expect(step.exitCode).toBe(1);
      await context.finish();
      await assertNothingLeft(context);
    }),
  );
});

posix.each(['keys', 'profiles', 'refresh: process', 'refresh: broker'])(
  'the post step of %s ends its work although it is cancelled at its first output',
  (name) =>
    withJob({}, async (context) => {
      await context.uses(SCENES[name]?.inputs ?? {});
      await context.finish({ cancel: { signal: 'SIGINT', when: ({ stdout }) => stdout !== '' } });
      await assertNothingLeft(context);
    }),
);
