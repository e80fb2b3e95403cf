import { describe, expect, test } from '@jest/globals';
import type { Fault, ServerName } from '../../lab/traffic.ts';
import { errorOf, MINIMAL, NO_TRACES, type TestJob, traces, withJob } from '../support/harness.ts';

/** More than the limit, for what stands in the buffers of two sockets. */
const ROOM_BYTES = 16 * 1024 * 1024;

const always = (server: ServerName, name: 'endless' | 'drip'): Fault => ({
  server,
  kind: { name },
  times: Number.POSITIVE_INFINITY,
});

/** Nothing but the limits of a single request ends these. */
const WITHOUT_DEADLINE = { ...MINIMAL, 'action-timeout-s': '0', 'disable-retry': 'true' };

/** A subject that makes a diagnosis ask GitHub's API. */
const CUSTOMISED = { subjectClaimKeys: ['repository_id'], mayReadTemplate: true };

describe('an answer that is as large as the reader lets it be', () => {
  test.each<[ServerName, string]>([
    ['oidc', 'OIDC_UNREACHABLE'],
    ['sts', 'STS_ANSWER_UNREADABLE'],
  ])('from %s is dropped after a megabyte, and not asked for again', (server, code) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(always(server, 'endless'));
      const step = await uses({ ...MINIMAL, 'action-timeout-s': '0' });
      expect(errorOf(step)).toContain(`[${code}]`);
      expect(errorOf(step)).toContain('a response of more than 1048576 bytes');
      expect(lab.traffic.endlessBytes).toBeLessThan(ROOM_BYTES);
      expect(lab.traffic.counts()[server]).toBe(1);
      expect(traces(step)).toEqual(NO_TRACES);
    }),
  );

  test("from GitHub's API does not keep a diagnosis from its end", () =>
    withJob({}, async ({ lab, uses }) => {
      Object.assign(lab.oidc.job, CUSTOMISED);
      lab.traffic.inject(always('api', 'endless'));
      const step = await uses({ ...MINIMAL, 'action-timeout-s': '0' });
      expect(errorOf(step)).toContain('[STS_ACCESS_DENIED]');
      expect(lab.traffic.endlessBytes).toBeGreaterThan(0);
      expect(lab.traffic.endlessBytes).toBeLessThan(ROOM_BYTES);
    }));
});

describe('an answer that comes byte by byte', () => {
  const dripFrom = (server: ServerName, test: (context: TestJob) => Promise<void>) =>
    withJob({}, (context) => {
      context.lab.traffic.inject(always(server, 'drip'));
      return test(context);
    });

  const fails =
    (code: string) =>
    async ({ uses }: TestJob) => {
      const step = await uses(WITHOUT_DEADLINE);
      expect(errorOf(step)).toContain(`[${code}]`);
      expect(errorOf(step)).toContain('no complete response within 10 s');
      expect(traces(step)).toEqual(NO_TRACES);
    };

  test("from GitHub or STS fails without a deadline; from GitHub's API it does not stop a diagnosis", async () => {
    // Each waits for 10 s.
    await Promise.all([
      dripFrom('oidc', fails('OIDC_UNREACHABLE')),
      dripFrom('sts', fails('STS_UNREACHABLE')),
      dripFrom('api', async ({ lab, uses }) => {
        Object.assign(lab.oidc.job, CUSTOMISED);
        const step = await uses(WITHOUT_DEADLINE);
        expect(errorOf(step)).toContain('[STS_ACCESS_DENIED]');
        expect(step.log).toContain("The subject's template could not be read:");
      }),
    ]);
  }, 120_000);
});
