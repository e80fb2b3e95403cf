import type { ErrorCode } from '../../platform/errors.ts';
import { BY_CODE } from './by-code.ts';
import { causesOfDeniedCaller, causesOfDeniedToken } from './by-facts.ts';
import { causesByVerdict } from './by-policy.ts';
import type { Cause } from './cause.ts';
import type { Denial } from './denial.ts';

/** The possible causes of a denial, the likeliest first. Never empty for a code that `isExplained` accepts. */
export function causesOf(denial: Denial): readonly Cause[] {
  const { verdict } = denial;
  const byPolicy = verdict === undefined ? [] : causesByVerdict(verdict, denial);
  const all = [...byPolicy, ...causesByCode(denial)];
  return all.filter((cause, index) => all.findIndex(({ id }) => id === cause.id) === index);
}

function causesByCode(denial: Denial): readonly Cause[] {
  const { code, claims } = denial;
  if (code !== 'STS_ACCESS_DENIED') return BY_CODE[code]?.(denial) ?? [];
  return claims === undefined ? causesOfDeniedCaller(denial) : causesOfDeniedToken(denial, claims);
}

/** Whether causes are known for an error code. */
export function isExplained(code: ErrorCode): boolean {
  return code === 'STS_ACCESS_DENIED' || code === 'TRUST_POLICY_MISMATCH' || code in BY_CODE;
}
