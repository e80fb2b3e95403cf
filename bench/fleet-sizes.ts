import { startLab } from '../lab/lab.ts';
import { fleetOf } from './fleet.ts';
import { type Command, main, measure, measureUsage, median } from './measure.ts';

/** Milliseconds of extra latency for each response, as over a real network. */
export const LATENCY_MS = 100;

const SIZES = [20, 200, 1000];

export interface SizeFigures {
  readonly accounts: number;
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly oidcRequests: number;
  readonly stsRequests: number;
}

/** Measures one step for each size of a fleet. A deepest path has three requests: token, hub, account. */
export async function measureSizes(folder: string, rounds: number): Promise<readonly SizeFigures[]> {
  const figures: SizeFigures[] = [];
  for (const accounts of SIZES) {
    const { world, profiles } = fleetOf(accounts);
    const lab = await startLab({ world, latencyMs: LATENCY_MS });
    try {
      // A variable holds at most 128 KiB, so a thousand profiles are in a file.
      const command: Command = {
        command: [main],
        inputs: { 'profiles-file': 'fleet.ini' },
        workspace: { 'fleet.ini': profiles },
      };
      const times: number[] = [];
      for (let round = 0; round < rounds; round++) {
        lab.traffic.requests.length = 0;
        times.push((await measure(command, lab, folder)).milliseconds);
      }
      const { oidc = 0, sts = 0 } = lab.traffic.counts();
      if (sts !== accounts + 1) throw new Error(`${accounts} accounts caused ${sts} requests to STS`);
      const { peakKilobytes } = await measureUsage(command, lab, folder);
      figures.push({
        accounts,
        milliseconds: median(times),
        megabytes: peakKilobytes / 1024,
        oidcRequests: oidc,
        stsRequests: sts,
      });
    } finally {
      await lab.close();
    }
  }
  return figures;
}

/** Milliseconds of one OIDC role without extra latency, as the part of a step that no request causes. */
export async function measureOneRole(folder: string, rounds: number): Promise<number> {
  const lab = await startLab();
  const inputs = { 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' };
  try {
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++)
      samples.push((await measure({ command: [main], inputs }, lab, folder)).milliseconds);
    return median(samples);
  } finally {
    await lab.close();
  }
}
