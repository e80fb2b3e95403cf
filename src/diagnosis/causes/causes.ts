import type { Cause } from '../../sts/cause.ts';
import type { StsFailure } from '../../sts/sts-failure.ts';
import { causesByFacts } from './by-facts.ts';
import { causesByVerdict } from './by-policy.ts';
import type { Denial } from './denial.ts';

/** The causes that fit a denial, the most likely first. Not empty for a denial that `isExplained` accepts. */
export function causesOf(denial: Denial): readonly Cause[] {
  const { verdict } = denial;
  const byPolicy = verdict === undefined ? [] : causesByVerdict(verdict, denial);
  const all = [...byPolicy, ...causesByFacts(denial)];
  return all.filter((cause, index) => all.findIndex(({ id }) => id === cause.id) === index);
}

/** Whether causes are known for a failure. */
export function isExplained({ code, namedCause }: StsFailure): boolean {
  return code === 'STS_ACCESS_DENIED' || namedCause !== undefined;
}
