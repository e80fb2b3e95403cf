/**
 * `npm run bench`: whole processes, round by round one after the other, as ratios to a bare Node process that makes the
 * same requests. Figures of one run compare; those of different machines or times do not.
 *
 *     npm run bench -- --rounds 30
 *     npm run bench -- --quick
 *     PEER_ACTION=/path/to/dist/index.js npm run bench     measures another action beside it
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ACTION_NODE, Job } from '../lab/job.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { awsTrust, defaultWorld } from '../lab/world.ts';

const root = path.resolve(import.meta.dirname, '..');
const main = path.join(root, 'dist/main/index.js');
const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';
const SPOKE = 'arn:aws:iam::222222222222:role/deploy';
const LAST = 'arn:aws:iam::333333333333:role/last';

interface Case {
  readonly name: string;
  readonly command: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
}

interface Sample {
  readonly milliseconds: number;
  readonly peakKilobytes: number;
}

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, quick: { type: 'boolean' } },
});
const rounds = values.quick ? 5 : Number(values.rounds);

const one = { 'role-to-assume': DEPLOY };
const cases: readonly Case[] = [
  { name: 'Node doing nothing', command: ['-e', '0'] },
  { name: 'bare Node, one role', command: [path.join(root, 'bench/bare.mjs')], inputs: one },
  { name: 'one OIDC role', command: [main], inputs: one },
  {
    name: 'a chain of three',
    command: [main],
    inputs: { 'role-to-assume': HUB, 'role-chain': `${SPOKE}\n${LAST}` },
  },
  {
    name: 'a denied role until the error',
    command: [main],
    inputs: { 'role-to-assume': `${DEPLOY}-denied` },
  },
  ...(process.env.PEER_ACTION
    ? [{ name: 'the other action', command: [process.env.PEER_ACTION], inputs: one }]
    : []),
];

async function measure({ command, inputs = {} }: Case, lab: Lab, folder: string): Promise<Sample> {
  const memory = path.join(folder, 'memory');
  const files = Object.fromEntries(
    ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'].map((name) => [
      name,
      path.join(folder, name),
    ]),
  );
  for (const file of [memory, ...Object.values(files)]) await writeFile(file, '');
  await rm(path.join(folder, '.aws'), { recursive: true, force: true });
  const all = {
    'aws-region': 'eu-west-1',
    audience: 'sts.amazonaws.com',
    'sts-endpoint': lab.sts.url,
    ...inputs,
  };
  const env = {
    ...files,
    BENCH_MEMORY_FILE: memory,
    PATH: process.env.PATH ?? '',
    GITHUB_REPOSITORY: 'octo-org/octo-app',
    GITHUB_RUN_ID: '42',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: folder,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: folder,
    USERPROFILE: folder,
    ACTIONS_ID_TOKEN_REQUEST_URL: lab.oidc.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: lab.oidc.bearer,
    ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
  };
  const preload = ['--import', pathToFileURL(path.join(root, 'bench/peak-memory.mjs')).href];
  const started = performance.now();
  const child = spawn(ACTION_NODE, [...preload, ...command], { env, stdio: 'ignore' });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  const milliseconds = performance.now() - started;
  return { milliseconds, peakKilobytes: Number(await readFile(memory, 'utf8')) };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Twenty accounts behind a hub, every request of which takes a tenth of a second longer: one step with profiles beside
 * twenty steps with a role each.
 */
async function graph(folder: string, times: number): Promise<{ profiles: number; steps: number }> {
  const world = defaultWorld();
  const roles = Array.from(
    { length: 20 },
    (_, index) => `arn:aws:iam::${400_000_000_000 + index}:role/deploy`,
  );
  for (const role of roles) {
    world.accounts[role.split(':')[4] ?? ''] = {
      oidcProviders: [],
      roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }],
    };
  }
  const profiles = [
    `[profile hub]\nrole_arn = ${HUB}`,
    ...roles.map((role, index) => `[profile a${index}]\nsource_profile = hub\nrole_arn = ${role}`),
  ];
  const slow = await startLab({ world, latencyMs: 100 });
  const step = async (inputs: Record<string, string>) =>
    (await measure({ name: '', command: [main], inputs }, slow, folder)).milliseconds;
  const taken = { profiles: [] as number[], steps: [] as number[] };
  try {
    for (let round = 0; round < times; round++) {
      taken.profiles.push(await step({ profiles: profiles.join('\n') }));
      let all = 0;
      for (const role of roles) all += await step({ 'role-to-assume': HUB, 'role-chain': role });
      taken.steps.push(all);
    }
  } finally {
    await slow.close();
  }
  return { profiles: median(taken.profiles), steps: median(taken.steps) };
}

/**
 * A step with `refresh`, and the credential process that answers from its cache beside Node doing nothing; or requests to
 * its broker, one after the other on one connection, as an SDK makes them.
 */
async function refreshing(
  lab: Lab,
  times: number,
): Promise<{ cached: number; nothing: number; broker: number }> {
  const job = await Job.start({ lab });
  const milliseconds = async (args: readonly string[]) => {
    const started = performance.now();
    const child = spawn(ACTION_NODE, args, { env: job.environment, stdio: 'ignore' });
    await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
    return performance.now() - started;
  };
  const taken = { cached: [] as number[], nothing: [] as number[], broker: [] as number[] };
  try {
    const inputs = { 'aws-region': 'eu-west-1', ...one };
    await job.uses('.', { ...inputs, refresh: 'process', 'aws-profile': 'bench' });
    const folder = (await readdir(path.join(job.temp, 'assume-aws-roles'))).find((name) =>
      name.startsWith('refresh-'),
    );
    const plan = path.join(job.temp, 'assume-aws-roles', folder ?? '', 'plan.json');
    const program = path.join(root, 'dist/credential-process/index.js');
    for (let round = 0; round <= times; round++) {
      const nothing = await milliseconds(['-e', '0']);
      const cached = await milliseconds([program, '--profile', 'bench', '--plan', plan]);
      if (round > 0) taken.nothing.push(nothing) && taken.cached.push(cached);
    }
    delete job.environment.AWS_PROFILE;
    const step = await job.uses('.', { ...inputs, refresh: 'broker' });
    const {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = '',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization = '',
    } = step.environment;
    for (let round = 0; round < 200; round++) {
      const started = performance.now();
      await (await fetch(uri, { headers: { authorization } })).json();
      taken.broker.push(performance.now() - started);
    }
  } finally {
    await job.finish();
    await job.dispose();
  }
  return { cached: median(taken.cached), nothing: median(taken.nothing), broker: median(taken.broker) };
}

const lab = await startLab();
lab.world.accounts['333333333333']?.roles.push({ name: 'last', trustPolicy: awsTrust(SPOKE) });
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const samples = new Map<Case, Sample[]>(cases.map((entry) => [entry, []]));
let fanOut = { profiles: 0, steps: 0 };
let refreshed = { cached: 0, nothing: 1, broker: 0 };
try {
  fanOut = await graph(folder, values.quick ? 1 : 3);
  refreshed = await refreshing(lab, rounds);
  for (let round = 0; round <= rounds; round++) {
    for (const entry of cases) {
      const sample = await measure(entry, lab, folder);
      if (round > 0) samples.get(entry)?.push(sample); // the first round warms the disk's cache
    }
  }
} finally {
  await lab.close();
  await rm(folder, { recursive: true });
}

const rows = [...samples].map(([{ name }, taken]) => ({
  name,
  milliseconds: median(taken.map((sample) => sample.milliseconds)),
  megabytes: median(taken.map((sample) => sample.peakKilobytes)) / 1024,
}));
const bare = rows[1];
console.log(`${rounds} rounds, medians; ratios are to "${bare?.name}".\n`);
console.log(
  `${'case'.padEnd(32)}${'ms'.padStart(8)}${'ratio'.padStart(8)}${'peak MB'.padStart(10)}${'ratio'.padStart(8)}`,
);
for (const { name, milliseconds, megabytes } of rows) {
  const ratios = [milliseconds / (bare?.milliseconds ?? 1), megabytes / (bare?.megabytes ?? 1)].map((r) =>
    r.toFixed(2).padStart(8),
  );
  console.log(
    name.padEnd(32) +
      milliseconds.toFixed(0).padStart(8) +
      ratios[0] +
      megabytes.toFixed(1).padStart(10) +
      ratios[1],
  );
}

console.log(`
Twenty profiles behind a hub, 100 ms longer a request: ${fanOut.profiles.toFixed(0)} ms in one step,
${(fanOut.steps / fanOut.profiles).toFixed(1)} times as fast as twenty steps with a role each (${fanOut.steps.toFixed(0)} ms).

Credential process from its cache: ${refreshed.cached.toFixed(0)} ms, ${(refreshed.cached / refreshed.nothing).toFixed(2)} times Node doing nothing (${refreshed.nothing.toFixed(0)} ms).
Broker: ${refreshed.broker.toFixed(2)} ms a request.`);

console.log(`\n${'bundle'.padEnd(32)}${'bytes'.padStart(8)}`);
for (const entry of (await readdir(path.join(root, 'dist'))).toSorted()) {
  for (const file of (await readdir(path.join(root, 'dist', entry))).toSorted()) {
    if (!file.endsWith('.js')) continue;
    const { size } = await stat(path.join(root, 'dist', entry, file));
    console.log(`dist/${entry}/${file}`.padEnd(32) + String(size).padStart(8));
  }
}
