import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Lab } from '../lab/lab.ts';
import { awsTrust, type World } from '../lab/world.ts';
import { type Command, main, root, stateOf } from './measure.ts';
import type { CachedSession } from './refreshing.ts';
import { ROUND_TRIP_MS } from './remote.ts';

export interface Case extends Command {
  readonly name: string;
  /** The case that does the same and nothing more. */
  readonly baseline: string;
  /** Whether the process waits on purpose, so that its time says nothing about its work. */
  readonly waits?: true;
}

export const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
export const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';
const SPOKE = 'arn:aws:iam::222222222222:role/deploy';
const LAST = 'arn:aws:iam::333333333333:role/last';

/** The cases whose figures are compared with each other. */
export const NOTHING = 'Node doing nothing';
export const ONE = 'one OIDC role';
export const CHAIN = 'three chained roles';
const remotely = (name: string) => `${name}, ${ROUND_TRIP_MS} ms away`;
export const ONE_REMOTE = remotely(ONE);
export const CHAIN_REMOTE = remotely(CHAIN);
export const bare = (name: string) => `bare Node, ${name}`;
export const other = (name: string) => `configure-aws-credentials, ${name}`;

/** The built configure-aws-credentials, if there is one to measure in the same run. */
export const peer = [process.env.PEER_ACTION, path.join(root, '../shared/peer/dist/index.js')].find(
  (file) => file !== undefined && existsSync(file),
);

const program = (name: string) => path.join(root, 'dist', name, 'index.js');
const floor = (name: string) => path.join(root, 'bench', name);

/** Adds the last role of the chain. */
export function allowLast(world: World): void {
  world.accounts['333333333333']?.roles.push({ name: 'last', trustPolicy: awsTrust(SPOKE) });
}

/** @param remote the variables with which a job reaches the servers over a network */
export async function benchCases(
  { lab, folder }: { readonly lab: Lab; readonly folder: string },
  remote: Readonly<Record<string, string>>,
  cached: CachedSession,
): Promise<readonly Case[]> {
  const one = { 'role-to-assume': DEPLOY };
  const chain = { 'role-to-assume': HUB, 'role-chain': `${SPOKE}\n${LAST}` };
  const bareChain = { inputs: { 'role-to-assume': HUB }, env: { BENCH_CHAIN: `${SPOKE} ${LAST}` } };
  const state = await stateOf({ command: [main], inputs: one }, lab, folder);
  return [
    { name: NOTHING, baseline: NOTHING, command: ['-e', '0'] },
    ...against(bare(ONE), { command: [floor('bare.cjs')], inputs: one }, [
      { name: ONE, command: [main], inputs: one },
      ...(peer === undefined ? [] : [{ name: other(ONE), command: [peer], inputs: one }]),
      {
        name: 'a denied role with its diagnosis',
        command: [main],
        inputs: { 'role-to-assume': `${DEPLOY}-denied`, 'disable-retry': 'true' },
      },
      {
        name: 'the same with two retries',
        waits: true,
        command: [main],
        inputs: { 'role-to-assume': `${DEPLOY}-denied` },
      },
    ]),
    ...against(bare(CHAIN), { command: [floor('bare.cjs')], ...bareChain }, [
      { name: CHAIN, command: [main], inputs: chain },
    ]),
    ...against(bare(ONE_REMOTE), { command: [floor('bare.cjs')], inputs: one, env: remote }, [
      { name: ONE_REMOTE, command: [main], inputs: one, env: remote },
      ...(peer === undefined ? [] : [{ name: other(ONE_REMOTE), command: [peer], inputs: one, env: remote }]),
    ]),
    ...against(
      bare(CHAIN_REMOTE),
      { command: [floor('bare.cjs')], ...bareChain, env: { ...bareChain.env, ...remote } },
      [{ name: CHAIN_REMOTE, command: [main], inputs: chain, env: remote }],
    ),
    {
      name: 'loading only: an input that is not valid',
      baseline: NOTHING,
      command: [main],
      inputs: { 'aws-region': '?' },
    },
    ...against(bare('exec step'), { command: [floor('bare.cjs')], inputs: one, env: { BENCH_RUN: 'true' } }, [
      { name: 'exec step', command: [program('exec')], inputs: { ...one, run: 'true', shell: 'sh' } },
    ]),
    ...against(bare('post step'), { command: [floor('bare-post.cjs')] }, [
      { name: 'post step', command: [program('post')], env: state },
    ]),
    ...against(bare('credential process'), { command: [floor('bare-cache.cjs'), cached.file] }, [
      {
        name: 'credential process, cached session',
        command: [program('credential-process'), ...cached.args],
      },
    ]),
  ];
}

/** A baseline, and the cases that are compared with it. */
function against(name: string, command: Command, cases: readonly Omit<Case, 'baseline'>[]): Case[] {
  return [{ ...command, name, baseline: name }, ...cases.map((entry) => ({ ...entry, baseline: name }))];
}
