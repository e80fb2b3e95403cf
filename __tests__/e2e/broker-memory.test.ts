import { expect, test } from '@jest/globals';
import { HUB, MINIMAL, SPOKE, type TestJob } from '../support/harness.ts';
import { withMovingClock } from '../support/moving-clock.ts';
import { askEndpoint, brokerOf, residentMegabytes, until } from '../support/refresh.ts';

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, refresh: 'broker' };

/** Sessions last an hour: a refresh is due after 45 minutes, and the broker stops after a day. */
const UNTIL_DUE_S = 46 * 60;
const REFRESHES = 29;
const REQUESTS_EACH = 100;

/** What the broker may use more at the end of the day than after its first hours: what it has loaded, and a heap in use. */
const GROWTH_MB = 12;

test(
  'a broker uses no more memory after a day of refreshes than after a few hours',
  () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses(CHAIN);
      const { pid } = await brokerOf(context);
      const taken: number[] = [];
      let last: string | undefined;
      for (let refresh = 0; refresh < REFRESHES; refresh++) {
        clock.pass(UNTIL_DUE_S);
        await until(async () => (await keyIdFrom(context)) !== last, 20);
        for (let request = 0; request < REQUESTS_EACH; request++) last = await keyIdFrom(context);
        taken.push(residentMegabytes(pid));
      }
      expect(context.lab.traffic.counts().sts).toBeGreaterThanOrEqual(2 * REFRESHES);
      expect(median(taken.slice(-5)) - median(taken.slice(3, 8))).toBeLessThan(GROWTH_MB);
      await context.finish();
    }),
  120_000,
);

async function keyIdFrom(context: TestJob): Promise<string | undefined> {
  return (await askEndpoint(context)).body.AccessKeyId;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
