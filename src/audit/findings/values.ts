import { parseOperator } from '../../trust/condition-operators.ts';
import type { Condition } from '../../trust/document.ts';
import { comparesTexts, matchedBy } from '../evaluate/pattern.ts';
import { claimOf } from '../evaluate/token-set.ts';
import type { Role } from '../policies/roles/role.ts';
import type { Language } from '../texts/language.ts';
import type { FindingContext, OwnStatement } from './context.ts';

/** A condition on a claim, with the claim. */
export interface ClaimCondition {
  readonly condition: Condition;
  readonly claim: string;
}

/** The conditions of a statement on claims of the token. */
function claimConditions({ statement }: OwnStatement, { provider }: FindingContext): ClaimCondition[] {
  return statement.conditions.flatMap((condition) => {
    const claim = claimOf(condition.key, provider);
    return claim === undefined ? [] : [{ condition, claim }];
  });
}

/** Those on the subject that compare texts. */
export function subjectConditions(own: OwnStatement, context: FindingContext): ClaimCondition[] {
  return claimConditions(own, context).filter(
    ({ claim, condition }) => claim === 'sub' && comparesTexts(parseOperator(condition.operator).name),
  );
}

/** The texts that one value of a condition matches, with all that its unknown parts can be. */
export function languageOfValue({ operator }: Condition, value: string, { unknowns }: Role): Language {
  return matchedBy(parseOperator(operator).name, unknowns.partsOf(value)).atMost;
}
