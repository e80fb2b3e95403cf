export type RiskId =
  | 'for-all-values'
  | 'immutable-break'
  | 'never-matches'
  | 'no-audience-condition'
  | 'pull-request-into-deploying-role'
  | 'too-wide'
  | 'unsupported-claim'
  | 'wildcard-in-equals';

/** A part of a trust policy that lets in more, or less, than its author is likely to want. */
export interface Risk {
  readonly id: RiskId;
  /** The label of the statement. */
  readonly statement: string;
  /** A clause, in lower case and without a full stop. */
  readonly problem: string;
  /** Imperative sentences. */
  readonly remedy: string;
  /** The key of the condition that it is about; undefined for the whole statement. */
  readonly key?: string;
  /** A subject that should not get in, and does. */
  readonly example?: string;
}

/** A risk before its statement is named. */
export type Finding = Omit<Risk, 'statement'>;

/** A risk in one line. */
export function describeRisk({ id, statement, problem, remedy, example }: Risk): string {
  const shown = example === undefined ? '' : `, for example ${example}`;
  return `${statement}: ${problem}${shown}. ${remedy} [${id}]`;
}
