import type { Gap } from './types.ts';

/** The form of a subject: with names only, or with IDs as well. */
export type Format = 'name' | 'immutable';

/** `allowed` and `denied` hold for all tokens that a job can present; `depends`: allowed for some runs, denied for others. */
export type Decision = 'allowed' | 'denied' | 'depends' | 'unknown';

export type RowVerdict = Decision | 'no-token';

/** What a job gets of a role, for one event and form of the subject. */
export interface Row {
  readonly workflow: string;
  readonly job: string;
  /** `FILE#JOB` of a called workflow that holds the step. */
  readonly called: string | null;
  readonly event: string;
  /** A full ref, the pattern of a filter, or null for any. */
  readonly ref: string | null;
  readonly environment: string | null;
  readonly format: Format;
  readonly audience: string;
  readonly role: string;
  readonly subject: string;
  readonly verdict: RowVerdict;
  readonly why: string;
  readonly file: string;
  readonly line: number;
}

/** The stable IDs of findings. */
export const FINDING_IDS = [
  'missing-permission',
  'pull-request-into-deploying-role',
  'stale-statement',
  'stale-value',
  'too-wide',
  'immutable-break',
  'wildcard-in-equals',
  'for-all-values',
  'unsupported-claim',
  'audience-mismatch',
  'other-repository',
  'missing-policy',
  'role-path-mismatch',
  'wrong-action',
  'no-audience-condition',
  'never-matches',
  'unreadable',
  'drift',
] as const;

export type FindingId = (typeof FINDING_IDS)[number];

/** `error`: a job fails, or others than wanted get in. `warning`: it can come to that. `note`: worth a look. */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** The result of an audit: the contract of `--format json`. */
export interface Report {
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}
