import type { Claims } from '../identity/claims.ts';

/** The claims that trust policies speak of, and what IAM and GitHub call them. */
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

/** The claims of a token that decide about trust, one a line; the token itself stays out. */
export function describeClaims(claims: Claims): string[] {
  return SHOWN.map(([label, name]) => `${`${label}:`.padEnd(18)}${claims[name] ?? '(none)'}`);
}
