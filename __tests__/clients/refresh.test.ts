import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { HUB, MINIMAL, SPOKE, type TestJob } from '../support/harness.ts';
import { pause } from '../support/refresh.ts';
import { fillMoto, withAws } from './aws-front.ts';
import { CLIENTS, type Client } from './clients.ts';
import { type Moto, startMoto } from './moto.ts';
import { remember } from './seen.ts';

const SESSION_SECONDS = 20;
/** More than three lifetimes of a session. */
const SECONDS = 66;
/** At least so many calls of each program that is started for each call. */
const ROUNDS = 3;
const IN_SPOKE = 'arn:aws:sts::222222222222:assumed-role/deploy/octo-org.octo-app-42';

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto(undefined, false);
  await fillMoto(moto.url, [MINIMAL['aws-region']]);
}, 70_000);
afterAll(() => moto.stop());

interface Counts {
  readonly calls: number;
  readonly failures: number;
}

/** A program that stays up and makes a call every half second. */
async function stays({ job }: TestJob, [file, ...args]: readonly [string, ...string[]]): Promise<Counts> {
  const step = await job.run(file, [...args, String(SECONDS * 2)]);
  const counts: Counts = JSON.parse(step.stdout.trim().split('\n').at(-1) ?? '{}');
  if (counts.failures > 0) console.log(step.log);
  return counts;
}

/**
 * Programs that are started for each call, one after the other, as starts are what takes the machine's time. On a busy
 * machine this takes longer.
 */
async function inTurn(context: TestJob, clients: readonly Client[]): Promise<Counts[]> {
  const failures = clients.map(() => 0);
  const end = Date.now() + SECONDS * 1000;
  let rounds = 0;
  for (; rounds < ROUNDS || Date.now() < end; rounds++) {
    for (const [index, { name, call }] of clients.entries()) {
      const step = await call(context);
      if (step.exitCode === 0) continue;
      failures[index] = (failures[index] ?? 0) + 1;
      console.log(`${name}: ${step.log}`);
    }
  }
  return failures.map((count) => ({ calls: rounds, failures: count }));
}

/** Sessions are young for 15 s: the first refresh falls into the seconds of this, in which no session can be had. */
async function stsAway({ traffic }: Lab): Promise<number> {
  await pause(14_000);
  for (const operation of ['AssumeRole', 'AssumeRoleWithWebIdentity']) {
    traffic.inject({ server: 'sts', operation, kind: { name: 'status', status: 503 }, times: 1000 });
  }
  await pause(2_500);
  const failed = traffic.requests.filter(({ status }) => status === 503).length;
  traffic.clearFaults();
  return failed;
}

describe.each(['process', 'broker'] as const)('refresh: %s', (refresh) => {
  const clients = CLIENTS.filter(
    ({ missing, cannot }) => missing === undefined && cannot?.[refresh] === undefined,
  );
  const up = clients.flatMap((client) =>
    client.stays === undefined ? [] : [{ ...client, stays: client.stays }],
  );
  const started = clients.filter((client) => client.stays === undefined);

  test(
    `${clients.length} clients through a chain of two, sessions of ${SESSION_SECONDS} s, STS away for a while: no call fails`,
    () =>
      withAws({ sessionSeconds: SESSION_SECONDS }, moto.url, async (context) => {
        const { lab, front, uses, finish } = context;
        const inputs = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, 'retry-max-attempts': '2' };
        await uses({ ...inputs, 'sts-fallback-regions': 'none', refresh });
        const [inTurns, failed, ...stayed] = await Promise.all([
          inTurn(context, started),
          stsAway(lab),
          ...up.map(({ stays: program }) => stays(context, program)),
        ]);
        const counts = [...up, ...started].map(({ name }, index) => ({
          name,
          ...[...stayed, ...inTurns][index],
        }));
        const [post] = await finish();
        const [, refreshes = '', failures = ''] =
          /: (\d+) refresh(?:es)?, (\d+) failed/.exec(post?.log ?? '') ?? [];
        const words = counts.map(({ name, calls, failures }) => `${name} ${calls} calls, ${failures} failed`);
        console.log(
          `refresh: ${refresh}, ${SECONDS} s with sessions of ${SESSION_SECONDS} s: ${words.join('; ')}; ${refreshes} refreshes, ${failures} failed while STS was away (${failed} requests)`,
        );
        for (const count of counts) {
          expect(count).toMatchObject({ failures: 0 });
          expect(count.calls).toBeGreaterThanOrEqual(ROUNDS);
          remember({ client: count.name, what: `refresh: ${refresh}`, works: true });
        }
        expect(front.refused()).toBe(0);
        const callers = lab.traffic.requests
          .filter(({ operation }) => operation === 'GetCallerIdentity')
          .map(({ accessKeyId = '' }) => lab.sts.callers.get(accessKeyId)?.arn);
        expect(new Set(callers)).toEqual(new Set([IN_SPOKE]));
        expect(Number(refreshes)).toBeGreaterThanOrEqual(3);
        expect(failed).toBeGreaterThan(0);
      }),
    600_000,
  );
});
