import type { Claims } from '../identity/claims.ts';

/** The claims that trust policies have conditions on, with their names in IAM and GitHub. */
const SHOWN = [
  ['subject', 'sub'],
  ['audience', 'aud'],
  ['issuer', 'iss'],
  ['repository', 'repository'],
  ['repository ID', 'repository_id'],
  ['ref', 'ref'],
  ['environment', 'environment'],
  ['event', 'event_name'],
  ['job_workflow_ref', 'job_workflow_ref'],
] as const;

/** The claims of a token that decide about trust, one on each line. */
export function describeClaims(claims: Claims): string[] {
  return SHOWN.map(([label, name]) => fact(label, String(claims[name] ?? '(none)')));
}

/** A line of a table with labels. */
export function fact(label: string, value: string): string {
  return `${`${label}:`.padEnd(18)}${value}`;
}
