import { describe, expect, test } from '@jest/globals';
import type { Fault } from '../../lab/traffic.ts';
import { errorOf, MINIMAL, withJob } from '../support/harness.ts';

const DENIED = { name: 'error', code: 'AccessDenied', message: 'Not authorized', status: 403 } as const;
const refusals = (times: number): Fault => ({ server: 'sts', kind: DENIED, times });

describe('a role that STS does not know yet', () => {
  test('is waited for, and the log tells each wait', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(refusals(4));
      const step = await uses({ ...MINIMAL, 'wait-for-role': '50' });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts().sts).toBe(5);
      const waits = step.log.match(
        /attempt \d failed \(propagation: AccessDenied\); .* s left of wait-for-role/g,
      );
      expect(waits).toHaveLength(4);
    }));

  test('is refused when the seconds are over', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(refusals(1000));
      expect(errorOf(await uses({ ...MINIMAL, 'wait-for-role': '2' }))).toContain('[STS_ACCESS_DENIED]');
      expect(lab.traffic.counts().sts).toBeGreaterThan(3);
    }));

  test('is tried as often as retry-max-attempts says', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(refusals(4));
      expect((await uses({ ...MINIMAL, 'retry-max-attempts': '5' })).exitCode).toBe(0);
      expect(lab.traffic.counts().sts).toBe(5);
    }));

  test('is tried twice more by default', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(refusals(1000));
      expect(errorOf(await uses(MINIMAL))).toContain('[STS_ACCESS_DENIED]');
      expect(lab.traffic.counts().sts).toBe(3);
    }));
});

test.each([
  [{ 'wait-for-role': '60' }, /found: +60 s with a timeout of 60 s \(action-timeout-s\)/],
  [{ 'wait-for-role': '30', 'action-timeout-s': '20' }, /next: +Set action-timeout-s to 90/],
  [{ 'wait-for-role': '30', 'disable-retry': 'true' }, /with disable-retry: true/],
  [{ 'wait-for-role': '1m' }, /found: +1m/],
])('%j is refused', (inputs, message) =>
  withJob({}, async ({ lab, uses }) => {
    const error = errorOf(await uses({ ...MINIMAL, ...inputs }));
    expect(error).toContain('The input wait-for-role is not valid');
    expect(error).toMatch(message);
    expect(lab.traffic.requests).toEqual([]);
  }),
);
