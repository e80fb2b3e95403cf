import type { ErrorCode } from '../../platform/errors.ts';
import { BY_CODE } from './by-code.ts';
import { causesOfRefusedHop, causesOfRefusedToken } from './by-facts.ts';
import { causesByVerdict } from './by-policy.ts';
import type { Cause } from './cause.ts';
import type { Denial } from './denial.ts';

/** Causes that fit a denial, the likeliest first. Never empty for a denial that `isExplained` takes. */
export function causesOf(denial: Denial): readonly Cause[] {
  const { verdict, code } = denial;
  const byPolicy = verdict === undefined ? [] : causesByVerdict(verdict, denial);
  const others =
    code === 'STS_ACCESS_DENIED'
      ? denial.claims !== undefined
        ? causesOfRefusedToken(denial, denial.claims)
        : causesOfRefusedHop(denial)
      : (BY_CODE[code]?.(denial) ?? []);
  const all = [...byPolicy, ...others];
  return all.filter((cause, index) => all.findIndex(({ id }) => id === cause.id) === index);
}

/** Whether there is something to say about a code. */
export function isExplained(code: ErrorCode): boolean {
  return code === 'STS_ACCESS_DENIED' || code === 'TRUST_POLICY_MISMATCH' || code in BY_CODE;
}
