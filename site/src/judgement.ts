import type { Claims } from '../../src/identity/claims.ts';
import { isGitHubClaim } from '../../src/trust/condition-keys.ts';
import { parseTrustPolicy } from '../../src/trust/document.ts';
import { evaluateTrust, type Verdict } from '../../src/trust/evaluate.ts';
import { questionOfToken } from '../../src/trust/questions.ts';
import type { Risk } from '../../src/trust/risk.ts';
import { risksOf } from '../../src/trust/risks.ts';
import { providerOf } from '../../src/trust/statement.ts';
import { type ListedLine, listingOf, pathOf } from './policy-listing.ts';

/** What the action would say about a policy and a token. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly risks: readonly Risk[];
  readonly lines: readonly ListedLine[];
  /** Texts for lines, by path. */
  readonly remarks: ReadonlyMap<string, readonly Remark[]>;
}

export type Remark =
  | { readonly kind: 'mismatch'; readonly wanted: readonly string[]; readonly found: readonly string[] }
  | { readonly kind: 'not evaluated' }
  | { readonly kind: 'risk'; readonly risk: Risk };

/** The token that a policy is checked against. */
export interface CheckedToken {
  readonly claims: Claims;
  /** Whether `claims` are all claims of the token. */
  readonly isComplete: boolean;
  readonly partition: string;
  readonly accountId: string;
}

/** Judges a trust policy as the action does. */
export function judge(text: string, token: CheckedToken): Judgement | { readonly unreadable: string } {
  const policy = parseTrustPolicy(text);
  if ('unreadable' in policy) return policy;
  const verdict = evaluateTrust(policy, questionOf(token));
  const risks = risksOf(policy, token.claims);
  const parsed = JSON.parse(text) as { Role?: { AssumeRolePolicyDocument?: object } };
  const document = (parsed.Role?.AssumeRolePolicyDocument ?? parsed) as { Statement: unknown };
  const pathTo = (index: number, ...keys: string[]) =>
    Array.isArray(document.Statement) ? pathOf('Statement', index, ...keys) : pathOf('Statement', ...keys);
  const remarks = new Map<string, Remark[]>();
  const lines = listingOf(document);
  const remark = (paths: readonly string[], text: Remark) => {
    const path = paths.find((one) => lines.some((line) => line.path === one)) ?? '';
    remarks.set(path, [...(remarks.get(path) ?? []), text]);
  };
  for (const [index, { statement, mismatches, notEvaluated }] of verdict.statements.entries()) {
    for (const { element, operator = '', key = '', wanted, found } of mismatches) {
      const path = element === 'Condition' ? ['Condition', operator, key] : [element];
      const whole = element === 'Condition' ? [] : [pathTo(index, `Not${element}`)];
      remark([pathTo(index, ...path), ...whole, pathTo(index)], { kind: 'mismatch', wanted, found });
    }
    for (const { part, key } of notEvaluated) {
      const [operator = ''] = part.split(' ', 1);
      const path = key === undefined ? [part] : ['Condition', operator, key];
      remark([pathTo(index, ...path), pathTo(index, 'NotPrincipal'), pathTo(index)], {
        kind: 'not evaluated',
      });
    }
    for (const risk of risks.filter((one) => one.statement === statement.label)) {
      const about = risk.key?.toLowerCase() ?? subjectKey(token);
      const paths = statement.conditions
        .filter(({ key }) => key.toLowerCase() === about)
        .map(({ operator, key }) => pathTo(index, 'Condition', operator, key));
      remark([...paths, pathTo(index, 'Condition'), pathTo(index)], { kind: 'risk', risk });
    }
  }
  return { verdict, risks, lines, remarks };
}

const subjectKey = ({ claims }: CheckedToken) => `${providerOf(String(claims.iss))}:sub`.toLowerCase();

function questionOf({ claims, isComplete, partition, accountId }: CheckedToken) {
  const question = questionOfToken({ role: { partition, accountId } }, claims);
  if (isComplete) return question;
  const prefix = `${providerOf(String(claims.iss))}:`.toLowerCase();
  // The form has no part for these claims. A job without an environment has no claim of that name.
  const isUnknown = (claim: string) => isGitHubClaim(claim) && claim !== 'environment' && !(claim in claims);
  return {
    ...question,
    isKnown: (key: string) =>
      question.isKnown(key) && !(key.startsWith(prefix) && isUnknown(key.slice(prefix.length))),
  };
}
