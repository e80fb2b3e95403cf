import { describe, expect, test } from '@jest/globals';
import { MINIMAL } from '../support/harness.ts';
import { withMovingClock } from '../support/moving-clock.ts';
import { askEndpoint, askProcess, until } from '../support/refresh.ts';

/** The clock of the machine is wrong, or is set while the job runs. */
const HOUR_S = 3600;
const BROKER = { ...MINIMAL, refresh: 'broker' };

describe('broker', () => {
  test.each([
    ['two hours ahead', 2 * HOUR_S],
    ['two hours behind', -2 * HOUR_S],
  ])('%s: a session is requested when it is due, and none is handed out that has expired', (_, ahead) =>
    withMovingClock({}, async (context, clock) => {
      clock.setAhead(ahead);
      const step = await context.uses(BROKER);
      expect(step.exitCode).toBe(0);
      const keys = new Set<string | undefined>();
      // A session of an hour is due after 45 minutes, which each third step notices.
      for (let minutes = 0; minutes <= 144; minutes += 16) {
        await until(async () => {
          const { status, body } = await askEndpoint(context);
          expect(status).toBe(200);
          expect(Date.parse(body.Expiration ?? '')).toBeGreaterThan(clock.now());
          return keys.add(body.AccessKeyId).size === 1 + Math.floor(minutes / 48);
        });
        clock.pass(16 * 60);
      }
      expect(context.lab.traffic.counts().sts).toBe(4);
      await context.finish();
    }),
  );

  test('a clock that is set while it runs: a jump ahead costs one refresh, a jump back none', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses(BROKER);
      for (const ahead of [-5 * HOUR_S, 0, 5 * HOUR_S, 0]) {
        clock.setAhead(ahead);
        // The second answer comes after a refresh that the first one may have started.
        for (let index = 0; index < 2; index++) expect((await askEndpoint(context)).status).toBe(200);
      }
      expect(context.lab.traffic.counts().sts).toBe(2);
      await context.finish();
    }));

  test('a clock that is set back: a session that expires counts as expired', () =>
    withMovingClock({}, async (context, clock) => {
      await context.uses({ ...BROKER, 'disable-retry': 'true' });
      expect((await askEndpoint(context)).status).toBe(200);
      context.lab.traffic.inject({ server: 'sts', kind: { name: 'reset' }, times: 10_000 });
      clock.setAhead(-2 * HOUR_S);
      clock.pass(HOUR_S + 60);
      await until(async () => (await askEndpoint(context)).status === 503);
      context.lab.traffic.clearFaults();
      await context.finish();
    }));
});

test('credential process, two hours ahead: the cached session is used until it is due', () =>
  withMovingClock({}, async (context, clock) => {
    clock.setAhead(2 * HOUR_S);
    await context.uses({ ...MINIMAL, refresh: 'process' });
    const requests = () => context.lab.traffic.counts().sts;
    for (const minutes of [0, 43]) {
      clock.pass(minutes * 60);
      expect(await askProcess(context)).toMatchObject({ code: 0, stderr: '' });
      expect(requests()).toBe(1);
    }
    clock.pass(3 * 60);
    expect(await askProcess(context)).toMatchObject({ code: 0, stderr: '' });
    expect(requests()).toBe(2);
  }));
