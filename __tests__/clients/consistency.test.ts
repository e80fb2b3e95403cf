import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../lab/job.ts';
import { type TestJob, withJob } from '../support/harness.ts';
import {
  AT_FIRST,
  after,
  DELIVERIES,
  type Delivery,
  type DeliveryName,
  ELSEWHERE,
  inWords,
  type Person,
  type Situation,
  worldOfDeliveries,
} from './deliveries.ts';
import { askAll, CLIENT_NAMES, type Command, type Ended, type Way } from './questions.ts';

/**
 * One world after the step: every delivery alone, and each after each of the others. Who is a real client then, and in
 * which region does it sign?
 */

const EXEC = DELIVERIES.exec.alone;
const NAMES = Object.keys(DELIVERIES) as DeliveryName[];
const SEQUENCES: readonly (readonly DeliveryName[])[] = [
  ...NAMES.map((name) => [name]),
  ...NAMES.flatMap((first) => NAMES.filter((then) => then !== first).map((then) => [first, then])),
  // A profile that was in AWS_PROFILE is gone, and the variable is not.
  ...(['env', 'aws-profile', 'default-profile', 'process', 'broker', 'outputs'] as const).map(
    (last) => ['process', 'logout', last] as const,
  ),
  ['env', 'process', 'logout'],
  ['broker', 'default-profile', 'env'],
  ['default-profile', 'env', 'broker'],
];

/** A question, and the answer that every client is to give but those that read it in a way of their own. */
interface Asked {
  readonly way: Way;
  readonly answer: string;
  readonly unlike?: Readonly<Record<string, string>>;
}

let answers = 0;

/** What clients are asked after a sequence. */
function questions(sequence: readonly DeliveryName[], now: Situation): Asked[] {
  const steps = sequence.map((name): Delivery => DELIVERIES[name]);
  const names = steps.at(-1)?.names ?? [];
  const [first] = names;
  const earlier = now.names.find((name) => !names.includes(name));
  const gone = now.names.length === 0 && steps.find((step) => step.names)?.names?.[0];
  return [
    plain(sequence, now),
    ...(first === undefined ? [] : byName(first, names.at(-1) ?? first, now)),
    ...(earlier === undefined ? [] : [byOption(earlier, now)]),
    ...(gone ? [byNameOfNobody(gone)] : []),
  ];
}

function plain(sequence: readonly DeliveryName[], { who, region }: Situation): Asked {
  if (who !== 'nobody') return { way: {}, answer: inWords(who, region ?? who.region) };
  const asked = { way: region === undefined ? { region: ELSEWHERE } : {}, answer: 'nobody' };
  if (sequence.join() !== 'broker,logout') return asked;
  // Some read AWS_CONTAINER_CREDENTIALS_FULL_URI where it is empty, too, and the runner cannot unset it.
  const stops = "nobody: Unsupported host 'None'";
  return { ...asked, unlike: { 'AWS CLI': stops, boto3: stops, 'Rust SDK': 'nobody: invalid full URI' } };
}

/** Profiles of the last step: named to the client, in the variable, and with the region that the step's log says to add. */
function byName(first: Person, second: Person, now: Situation): Asked[] {
  const inVariable = byOption(second, now);
  const current = now.who === 'nobody' ? 'nobody' : inWords(now.who, now.region);
  const variable: Asked = { ...inVariable, way: { variable: second.role } };
  const region: Asked = {
    way: { option: first.role, region: first.region },
    answer: inWords(first, first.region),
  };
  return [
    byOption(first, now),
    // Keys in the environment come before AWS_PROFILE, but for the JavaScript SDK.
    now.by === 'keys'
      ? { ...variable, answer: current, unlike: { 'JavaScript SDK v3': inVariable.answer } }
      : variable,
    ...(now.region === undefined || now.region === first.region ? [] : [region]),
  ];
}

function byOption(who: Person, { region }: Situation): Asked {
  return { way: { option: who.role }, answer: inWords(who, region ?? who.region) };
}

function byNameOfNobody({ role }: Person): Asked {
  // These SDKs say of a profile that is not there what they say where there is nothing at all.
  const unlike = { 'JavaScript SDK v3': 'nobody', 'Rust SDK': 'nobody' };
  return { way: { option: role, region: ELSEWHERE }, answer: 'no such profile', unlike };
}

type RunAll = (commands: readonly Command[]) => Promise<readonly Ended[]>;

/** Compares what every client says with what it is to say. */
async function compare(
  { lab }: TestJob,
  label: string,
  asked: readonly Asked[],
  runAll: RunAll,
): Promise<void> {
  const ways = asked.map(({ way }) => way);
  const wanted = CLIENT_NAMES.map((name) => [
    name,
    asked.map(({ answer, unlike }) => unlike?.[name] ?? answer),
  ]);
  expect(await askAll(lab, label, ways, runAll)).toEqual(Object.fromEntries(wanted));
  answers += ways.length * CLIENT_NAMES.length;
}

/** Runs commands as later steps, with variables of their own. */
const inSteps =
  ({ job }: TestJob, env: Readonly<Record<string, string>> = {}): RunAll =>
  (commands) =>
    Promise.all(
      commands.map(({ program, args, env: own }) => job.run(program, args, { env: { ...env, ...own } })),
    );

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Runs commands as the command of `exec/`, at the same time. */
const inExec =
  ({ lab, job, uses }: TestJob, inputs: Readonly<Record<string, string>>): RunAll =>
  async (commands) => {
    const file = (index: number) => path.join(job.workspace, `command-${index}`);
    const lines = commands.map(({ program, args, env }, index) => {
      const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
      const words = [...variables, ...[program, ...args].map(quoted)].join(' ');
      return `{ ${words} >${file(index)}.out 2>${file(index)}.err; echo $? >${file(index)}.code; } &`;
    });
    const env = { AWS_ENDPOINT_URL_STS: lab.sts.url };
    passed(await uses({ ...inputs, run: `${lines.join('\n')}\nwait` }, { action: 'exec', env }));
    return Promise.all(
      commands.map(async (_, index) => {
        const [code, stdout = '', stderr = ''] = await Promise.all(
          ['code', 'out', 'err'].map((end) => readFile(`${file(index)}.${end}`, 'utf8')),
        );
        return { exitCode: Number(code), stdout, stderr };
      }),
    );
  };

function passed(step: StepResult): StepResult {
  if (step.exitCode !== 0) throw new Error(step.log);
  return step;
}

/** The step `outputs` reaches nobody but the step that is handed its outputs, as the README does it. */
async function compareOutputs(context: TestJob, { outputs }: StepResult, before: Situation): Promise<void> {
  const who = DELIVERIES.outputs.alone;
  const env = {
    AWS_ACCESS_KEY_ID: outputs['aws-access-key-id'] ?? '',
    AWS_SECRET_ACCESS_KEY: outputs['aws-secret-access-key'] ?? '',
    AWS_SESSION_TOKEN: outputs['aws-session-token'] ?? '',
    AWS_REGION: who.region,
    AWS_DEFAULT_REGION: who.region,
  };
  const instead = before.who === 'nobody' ? 'nobody' : inWords(before.who, who.region);
  const asked: Asked = {
    way: {},
    answer: inWords(who, who.region),
    // It is alone in putting AWS_PROFILE before keys.
    unlike: before.profileVariable ? { 'JavaScript SDK v3': instead } : {},
  };
  await compare(context, 'outputs', [asked], inSteps(context, env));
}

describe('who and where, in every client', () => {
  test.concurrent.each(SEQUENCES.map((sequence) => [sequence.join(', then '), sequence] as const))(
    '%s',
    (_name, sequence) =>
      withJob({ world: worldOfDeliveries() }, async (context) => {
        let now = AT_FIRST;
        for (const name of sequence) {
          const delivery: Delivery = DELIVERIES[name];
          const { action = '.', inputs } = delivery;
          const before = now;
          now = after(now, delivery);
          if (name === 'exec') {
            const asked = [{ way: {}, answer: inWords(EXEC, EXEC.region) }];
            await compare(context, 'exec', asked, inExec(context, inputs));
            continue;
          }
          const step = passed(await context.uses(inputs, { action }));
          if (name === 'outputs') await compareOutputs(context, step, before);
        }
        // Where these are there, clients refuse them empty.
        const { AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION } = context.job.environment;
        expect([AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION]).not.toContain('');
        await compare(context, 'after', questions(sequence, now), inSteps(context));
        for (const post of await context.finish()) passed(post);
        expect(await readdir(context.job.home)).toEqual([]);
      }),
    300_000,
  );

  test('each client answers in each sequence', () => {
    expect(answers).toBeGreaterThanOrEqual(SEQUENCES.length * CLIENT_NAMES.length);
    console.log(
      `${SEQUENCES.length} sequences of ${NAMES.length} deliveries, ${CLIENT_NAMES.length} clients: ${answers} identities and regions`,
    );
  });
});
