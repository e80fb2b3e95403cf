import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { BLOCKS } from '../support/documentation.ts';
import { errorOf, MINIMAL } from '../support/harness.ts';
import { followRecipe } from './docker.ts';
import { type Answers, type DockerRun, type Runner, withRunner } from './runner.ts';

/** What the table in `docs/containers.md` says. */

const ADDRESS = '169.254.170.2';
const PROFILE = 'prod';
const REGION = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };

interface Delivery {
  readonly inputs: Readonly<Record<string, string>>;
  /** What the job does before the step. */
  readonly before?: (runner: Runner) => void;
  /** The profile that later steps name. */
  readonly profile?: string;
}

/** Moves the shared files to a folder of `RUNNER_TEMP`, as a step does by `GITHUB_ENV`. */
const inTemp = ({ job, jobContainer }: Runner) => {
  const temp = jobContainer === undefined ? job.temp : '/__w/_temp';
  Object.assign(job.environment, {
    AWS_CONFIG_FILE: `${temp}/aws/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${temp}/aws/credentials`,
  });
};

const DELIVERIES = {
  variables: { inputs: {} },
  profile: { inputs: { 'aws-profile': PROFILE }, profile: PROFILE },
  'profile in RUNNER_TEMP': { inputs: { 'aws-profile': PROFILE }, profile: PROFILE, before: inTemp },
  process: { inputs: { refresh: 'process' } },
  'process in RUNNER_TEMP': { inputs: { refresh: 'process' }, before: inTemp },
  broker: { inputs: { refresh: 'broker' } },
  'broker at 169.254.170.2': { inputs: { refresh: 'broker', 'broker-address': ADDRESS } },
} as const satisfies Readonly<Record<string, Delivery>>;

beforeAll(() => void execFileSync('ip', ['address', 'replace', `${ADDRESS}/32`, 'dev', 'lo']));

const ALL_OF_AWS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];

/** `docker run` with every variable of AWS, in a network of its own or in another one. */
const dockerRun =
  (options: (runner: Runner) => DockerRun = () => ({})) =>
  (runner: Runner) =>
    runner.dockerRun({ pass: ALL_OF_AWS, ...options(runner) });

const PLACES = {
  'a run step': (runner: Runner) => runner.runStep(),
  'a docker:// step': (runner: Runner) => runner.dockerStep(),
  'docker run -e': dockerRun(),
  'docker run -e, with ~/.aws': dockerRun(({ job }) => ({
    mounts: [{ source: `${job.home}/.aws`, target: '/root/.aws' }],
  })),
  'docker run -e --network host': dockerRun(() => ({ network: 'host' })),
  'docker run -e --network container:$HOSTNAME': dockerRun(({ jobContainer }) => ({
    network: jobContainer ?? 'host',
  })),
} as const;

const WORKS = /^arn:aws:sts::111111111111:assumed-role\/deploy\//;
const NO_PROFILE = /profile.*could not be found|failed to get shared config profile/;
const NO_NODE = /not found|no such file|No such file/;
const NO_BROKER = /Could not connect|connection refused/;

type Row = readonly [place: keyof typeof PLACES, delivery: keyof typeof DELIVERIES, answer: RegExp];

const ON_THE_MACHINE: readonly Row[] = [
  ['a run step', 'variables', WORKS],
  ['a run step', 'profile in RUNNER_TEMP', WORKS],
  ['a run step', 'broker at 169.254.170.2', WORKS],
  ['a docker:// step', 'variables', WORKS],
  ['a docker:// step', 'profile', NO_PROFILE],
  ['a docker:// step', 'profile in RUNNER_TEMP', WORKS],
  ['a docker:// step', 'process', NO_PROFILE],
  ['a docker:// step', 'process in RUNNER_TEMP', NO_NODE],
  ['a docker:// step', 'broker', NO_BROKER],
  ['a docker:// step', 'broker at 169.254.170.2', WORKS],
  ['docker run -e', 'variables', WORKS],
  ['docker run -e', 'profile', NO_PROFILE],
  ['docker run -e, with ~/.aws', 'profile', WORKS],
  ['docker run -e, with ~/.aws', 'process', NO_NODE],
  ['docker run -e', 'broker', NO_BROKER],
  ['docker run -e --network host', 'broker', WORKS],
  ['docker run -e', 'broker at 169.254.170.2', WORKS],
];

const IN_A_CONTAINER: readonly Row[] = [
  ['a run step', 'variables', WORKS],
  ['a run step', 'profile', WORKS],
  ['a run step', 'process', WORKS],
  ['a run step', 'broker', WORKS],
  ['a docker:// step', 'variables', WORKS],
  ['a docker:// step', 'profile', WORKS],
  ['a docker:// step', 'profile in RUNNER_TEMP', NO_PROFILE],
  ['a docker:// step', 'process', NO_NODE],
  ['a docker:// step', 'broker', NO_BROKER],
  ['docker run -e', 'variables', WORKS],
  ['docker run -e', 'broker', NO_BROKER],
  ['docker run -e --network container:$HOSTNAME', 'broker', WORKS],
];

async function deliver(runner: Runner, name: keyof typeof DELIVERIES): Promise<void> {
  const { inputs, before, profile }: Delivery = DELIVERIES[name];
  before?.(runner);
  const step = await runner.uses({ ...MINIMAL, ...runner.endpoints, ...inputs });
  if (step.exitCode !== 0) throw new Error(step.log);
  if (profile !== undefined) Object.assign(runner.job.environment, { AWS_PROFILE: profile, ...REGION });
}

function expectAnswers({ aws, go }: Answers, answer: RegExp): void {
  expect(aws).toMatch(answer);
  expect(go).toMatch(answer);
}

describe.each([
  ['machine', ON_THE_MACHINE],
  ['container', IN_A_CONTAINER],
] as const)('steps on a %s', (place, rows) => {
  test.concurrent.each(rows)('%s, %s: %s', (where, delivery, answer) =>
    withRunner(place, async (runner) => {
      await deliver(runner, delivery);
      expectAnswers(await PLACES[where](runner), answer);
      for (const step of await runner.finish()) expect(step.exitCode).toBe(0);
    }),
  );
});

test('the address of a broker has to be one of the machine', () =>
  withRunner('machine', async (runner) => {
    const inputs = { ...MINIMAL, ...runner.endpoints, refresh: 'broker', 'broker-address': '169.254.170.23' };
    const error = errorOf(await runner.uses(inputs));
    expect(error).toContain('[BROKER_NOT_STARTED]');
    expect(error).toContain('EADDRNOTAVAIL');
    expect(error).toContain('sudo ip address replace 169.254.170.23/32 dev lo');
    expect(runner.job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI).toBeUndefined();
  }));

test('a step with another address gets a broker of its own', () =>
  withRunner('machine', async (runner) => {
    const urls: URL[] = [];
    for (const name of ['broker', 'broker at 169.254.170.2', 'broker'] as const) {
      await deliver(runner, name);
      urls.push(new URL(runner.job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? ''));
    }
    const [first, other, again] = urls;
    expect(first?.hostname).toBe('127.0.0.1');
    expect(other?.hostname).toBe(ADDRESS);
    expect(again?.host).toBe(first?.host);
    // Neither is reached at an address of the bridge.
    for (const { port } of urls)
      await expect(fetch(`http://172.17.0.1:${port}`)).rejects.toThrow('fetch failed');
  }));

describe('a docker:// step with access keys, in a job where an earlier step had set AWS_PROFILE', () => {
  test.each([
    ['process', NO_PROFILE],
    ['process in RUNNER_TEMP', WORKS],
  ] as const)('%s: %s', (earlier, answer) =>
    withRunner('machine', async (runner) => {
      await deliver(runner, earlier);
      await deliver(runner, 'variables');
      expectAnswers(await runner.dockerStep(), answer);
    }),
  );
});

test('another user than root cannot read the files of the action', () =>
  withRunner('machine', async (runner) => {
    await deliver(runner, 'profile');
    const mounts = [{ source: `${runner.job.home}/.aws`, target: '/home/app/.aws' }];
    const env = { HOME: '/home/app', AWS_PROFILE: PROFILE, ...REGION };
    expectAnswers(await runner.dockerRun({ mounts, env, user: 0 }), WORKS);
    const { aws, go } = await runner.dockerRun({ mounts, env, user: 1000 });
    expect(aws).toMatch(/could not be found|Permission denied/);
    expect(go).toContain('failed to get shared config profile');
  }));

describe('the recipes of docs/containers.md', () => {
  const recipes = BLOCKS.filter(([name]) => name.startsWith('docs/containers.md'));

  test.each(recipes)('%s', (_name, recipe) =>
    withRunner(recipe.includes('container:$') ? 'container' : 'machine', async (runner) => {
      const role = recipe.includes('222222222222') ? /:222222222222:assumed-role/ : WORKS;
      const answers = await followRecipe(runner, recipe);
      expect(answers.length).toBe(recipe.match(/docker:\/\/|docker run/g)?.length);
      for (const answer of answers) expectAnswers(answer, role);
    }),
  );

  test('all of them', () => expect(recipes.length).toBe(4));
});
