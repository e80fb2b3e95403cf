import { describe, expect, test } from '@jest/globals';
import type { LabOptions } from '../../lab/lab.ts';
import { errorOf, HUB, MINIMAL, SPOKE, withJob } from '../support/harness.ts';

const MINUTE = 60_000;
const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };
const off = (minutes: number): LabOptions => ({ now: () => Date.now() + minutes * MINUTE });

describe('a clock that is off', () => {
  test.each([
    [20, "The runner's clock is 20 minutes behind that of STS"],
    [-20, "The runner's clock is 20 minutes ahead of that of STS"],
    [60 * 24, "The runner's clock is 1440 minutes behind"],
  ])('by %i minutes is corrected once, with a warning', (minutes, warning) =>
    withJob(off(minutes), async ({ lab, uses }) => {
      const step = await uses(CHAIN);
      expect(step.exitCode).toBe(0);
      expect(step.log.split('\n').filter((line) => line.includes("The runner's clock"))).toEqual([
        expect.stringContaining(`Warning: ${warning}`),
      ]);
      expect(lab.traffic.counts()).toMatchObject({ AssumeRoleWithWebIdentity: 1, AssumeRole: 2 });
    }),
  );

  test('is corrected once for many requests at the same time', () =>
    withJob(off(20), async ({ uses }) => {
      const hops = Array.from(
        { length: 6 },
        (_, index) =>
          `[profile p${index}]\nsource_profile = hub\nrole_arn = ${SPOKE}\nrole_session_name = session-${index}`,
      );
      const profiles = [`[profile hub]\nrole_arn = ${HUB}`, ...hops].join('\n');
      const step = await uses({ 'aws-region': 'eu-west-1', profiles });
      expect(step.exitCode).toBe(0);
      expect(step.log.match(/The runner's clock/g)).toHaveLength(1);
    }));

  test('by less than five minutes is none of our business', () =>
    withJob(off(4), async ({ lab, uses }) => {
      const step = await uses(CHAIN);
      expect(step.exitCode).toBe(0);
      expect(step.log).not.toContain('clock');
      expect(lab.traffic.counts()).toMatchObject({ AssumeRole: 1 });
    }));

  test('does not make a session that is long enough too short', () =>
    withJob(off(-50), async ({ uses }) => {
      expect((await uses({ ...CHAIN, 'minimum-remaining-seconds': '3000' })).exitCode).toBe(0);
    }));

  test('does not move the end of a session that a policy cuts short', () =>
    withJob(off(20), async ({ lab, uses }) => {
      const step = await uses({ ...CHAIN, 'role-duration-seconds': '120' });
      expect(step.exitCode).toBe(0);
      const last = lab.traffic.requests.at(-1)?.parameters.Policy ?? '';
      const end = Date.parse(/"aws:CurrentTime":"([^"]+)"/.exec(last)?.[1] ?? '');
      expect(Math.abs(end - Date.now() - 22 * MINUTE)).toBeLessThan(MINUTE);
    }));

  test('and an answer that tells no time: the error says so, once', () =>
    withJob({}, async ({ lab, uses }) => {
      const message = 'Signature expired: 20260101T000000Z is now earlier than 20270101T000000Z';
      const kind = { name: 'error', code: 'SignatureDoesNotMatch', message, status: 403 } as const;
      lab.traffic.inject({ server: 'sts', operation: 'AssumeRole', kind, times: 100 });
      expect(errorOf(await uses(CHAIN))).toMatch(/\[STS_SIGNATURE_MISMATCH\][\s\S]*clock/);
      expect(lab.traffic.counts().AssumeRole).toBe(1);
    }));
});
