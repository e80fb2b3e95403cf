import { parseOperator } from './condition-operators.ts';
import type { Condition, Statement } from './document.ts';

/** A condition on a claim of one provider. */
export interface ClaimCondition extends Condition {
  /** The condition key without the provider, in lower case. */
  readonly claim: string;
}

export function claimConditions({ conditions }: Statement, provider: string): ClaimCondition[] {
  const prefix = `${provider}:`.toLowerCase();
  return conditions
    .filter(({ key }) => key.toLowerCase().startsWith(prefix))
    .map((condition) => ({ ...condition, claim: condition.key.slice(prefix.length).toLowerCase() }));
}

/** Whether a condition lists texts that it accepts. */
export function isPositive({ operator }: Pick<Condition, 'operator'>): boolean {
  return ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike'].includes(parseOperator(operator).name);
}

/** Whether `*` and `?` are wildcards in the values of a condition on a text. */
export function hasWildcards({ operator }: Pick<Condition, 'operator'>): boolean {
  return parseOperator(operator).name.endsWith('Like');
}
