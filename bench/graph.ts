import { startLab } from '../lab/lab.ts';
import { awsTrust, defaultWorld } from '../lab/world.ts';
import { DEPLOY, peer } from './cases.ts';
import { main, measure, median } from './measure.ts';

/** Milliseconds of extra latency for each response, as over a real network. */
export const LATENCY_MS = 100;

export interface GraphFigures {
  readonly profiles: number;
  readonly steps: number;
  /** Twenty steps of configure-aws-credentials, if it is there to measure. */
  readonly otherSteps: number | undefined;
}

/**
 * Measures twenty accounts behind a hub: one step with profiles, and twenty steps with role chaining. configure-aws-credentials
 * needs a step for the hub before each of them, so its twenty steps assume a role without a hub.
 */
export async function measureGraph(hub: string, folder: string, rounds: number): Promise<GraphFigures> {
  const world = defaultWorld();
  const accounts = Array.from({ length: 20 }, (_, index) => String(400_000_000_000 + index));
  for (const account of accounts) {
    world.accounts[account] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(hub) }] };
  }
  const roles = accounts.map((account) => `arn:aws:iam::${account}:role/deploy`);
  const profiles = [
    `[profile hub]\nrole_arn = ${hub}`,
    ...roles.map((role, index) => `[profile a${index}]\nsource_profile = hub\nrole_arn = ${role}`),
  ].join('\n');
  const slow = await startLab({ world, latencyMs: LATENCY_MS });
  const step = async (inputs: Record<string, string>, program = main) =>
    (await measure({ command: [program], inputs }, slow, folder)).milliseconds;
  const taken = { profiles: [] as number[], steps: [] as number[], otherSteps: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      taken.profiles.push(await step({ profiles }));
      let all = 0;
      for (const role of roles) all += await step({ 'role-to-assume': hub, 'role-chain': role });
      taken.steps.push(all);
      if (peer === undefined) continue;
      let others = 0;
      for (const _ of roles) others += await step({ 'role-to-assume': DEPLOY }, peer);
      taken.otherSteps.push(others);
    }
  } finally {
    await slow.close();
  }
  return {
    profiles: median(taken.profiles),
    steps: median(taken.steps),
    otherSteps: peer === undefined ? undefined : median(taken.otherSteps),
  };
}
