import type { Statement } from '../../trust/document.ts';
import { coversAction } from '../../trust/evaluate.ts';
import type { Decision } from '../model/report.ts';
import type { Role } from '../policies/roles/role.ts';
import { both, either, exactly, type Language, not, sequence } from '../texts/language.ts';
import type { Value } from '../texts/value.ts';
import { compare } from './compare.ts';
import { type ConditionVerdict, evaluateCondition, metByAll, type Often } from './condition-set.ts';
import { type Account, evaluatePrincipal, type PrincipalVerdict } from './principal-set.ts';
import { claimOf, type TokenSet } from './token-set.ts';

const ACTION = 'sts:AssumeRoleWithWebIdentity';

/** What one statement says to the tokens of a job. */
export interface StatementVerdict {
  readonly statement: Statement;
  /** Its place in the policy. */
  readonly index: number;
  readonly often: Often;
  readonly coversAction: boolean;
  readonly principal: PrincipalVerdict;
  readonly conditions: readonly ConditionVerdict[];
}

/** What a trust policy says to the tokens of a job. */
export interface SetVerdict {
  readonly decision: Decision;
  readonly statements: readonly StatementVerdict[];
}

/**
 * Decides by IAM's rules (IAM User Guide, "Policy evaluation logic") for all tokens that a job can present. `allowed` and
 * `denied` hold for each of them; `depends` is allowed for some runs and denied for others.
 */
export function evaluateSet({ policy, unknowns }: Role, account: Account, tokens: TokenSet): SetVerdict {
  const statements = policy.statements.map((statement, index) =>
    evaluateStatement(statement, index, { account, tokens, unknowns }),
  );
  return { decision: decide(statements, tokens), statements };
}

interface Situation {
  readonly account: Account;
  readonly tokens: TokenSet;
  readonly unknowns: Role['unknowns'];
}

function evaluateStatement(statement: Statement, index: number, situation: Situation): StatementVerdict {
  const { account, tokens, unknowns } = situation;
  const covers = coversAction(statement, ACTION);
  const principal = evaluatePrincipal(statement.principal, tokens.provider, account, unknowns);
  const conditions = evaluateTogether(
    statement.conditions.map((condition) => evaluateCondition(condition, tokens, unknowns)),
    situation,
  );
  const parts: Often[] = [
    covers ? 'always' : 'never',
    principal.often,
    ...conditions.map(({ often }) => often),
  ];
  return { statement, index, often: allOf(parts), coversAction: covers, principal, conditions };
}

function allOf(parts: readonly Often[]): Often {
  const order: Often[] = ['never', 'unknown', 'sometimes'];
  return order.find((often) => parts.includes(often)) ?? 'always';
}

/**
 * Claims that say the same depend on each other: the subject ends with the ref or the environment. Where conditions on
 * both are met sometimes, the second is evaluated for those tokens alone that meet the first.
 */
function evaluateTogether(
  verdicts: readonly ConditionVerdict[],
  situation: Situation,
): readonly ConditionVerdict[] {
  const { tokens, unknowns } = situation;
  const open = verdicts.filter(({ often }) => often === 'sometimes');
  if (open.length < 2) return verdicts;
  let narrowed = tokens;
  for (const claim of ['ref', 'environment']) {
    const own = open.filter(({ condition }) => claimOf(condition.key, tokens.provider) === claim);
    if (own.length > 0) narrowed = withClaim(narrowed, claim, metByAll(own));
  }
  if (narrowed === tokens) return verdicts;
  return verdicts.map((verdict) =>
    claimOf(verdict.condition.key, tokens.provider) === 'sub'
      ? evaluateCondition(verdict.condition, narrowed, unknowns)
      : verdict,
  );
}

/** The tokens whose claim is one of these texts. */
function withClaim(tokens: TokenSet, claim: string, texts: Language): TokenSet {
  const [value, subject] = [tokens.claims.get(claim), tokens.claims.get('sub')];
  if (value?.kind !== 'varies' || subject?.kind !== 'varies') return tokens;
  const label = claim === 'ref' ? ':ref:' : ':environment:';
  const at = subject.shown.indexOf(label);
  const beginning = subject.shown.slice(0, at + label.length);
  const isWhole = subject.shown === beginning + value.shown;
  const rebuilt = sequence(exactly(beginning), value.language);
  if (at < 0 || !isWhole || compare(subject.language, rebuilt) !== 'inside') return tokens;
  const narrower = both(value.language, texts);
  const changed = (old: Value, language: Language): Value =>
    old.kind === 'known' ? old : { ...old, language };
  return {
    ...tokens,
    claims: new Map([
      ...tokens.claims,
      [claim, changed(value, narrower)],
      ['sub', changed(subject, sequence(exactly(beginning), narrower))],
    ]),
  };
}

function decide(statements: readonly StatementVerdict[], tokens: TokenSet): Decision {
  const of = (effect: Statement['effect']) =>
    statements.filter(({ statement }) => statement.effect === effect);
  const [allow, deny] = [of('Allow'), of('Deny')];
  const some = (list: readonly StatementVerdict[], often: Often) => list.some((one) => one.often === often);
  if (some(deny, 'always')) return 'denied';
  if (allow.every(({ often }) => often === 'never')) return 'denied';
  const isDenied = deny.some(({ often }) => often !== 'never');
  if (some(allow, 'always') && !isDenied) return 'allowed';
  if (some(allow, 'unknown') || some(deny, 'unknown')) return 'unknown';
  return decideBySets(allow, deny, tokens);
}

/** Several statements, or values of one claim, can allow all tokens together. */
function decideBySets(
  allow: readonly StatementVerdict[],
  deny: readonly StatementVerdict[],
  tokens: TokenSet,
): Decision {
  const [allowed, denied] = [deciding(allow, tokens), deciding(deny, tokens)];
  if (allowed === undefined || denied === undefined) return 'depends';
  const keys = new Set([...allowed.keys, ...denied.keys]);
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) return 'depends';
  const value = tokens.claims.get(key);
  if (value === undefined) return 'depends';
  const found = compare(value.language, both(allowed.texts, not(denied.texts)));
  if (found === 'inside') return 'allowed';
  return found === 'outside' ? 'denied' : 'depends';
}

interface Deciding {
  /** The claims that decide. */
  readonly keys: ReadonlySet<string>;
  /** The texts of the one claim for which a statement applies. */
  readonly texts: Language;
}

/** The texts of one claim for which one of the statements applies; undefined where several claims decide. */
function deciding(statements: readonly StatementVerdict[], { provider }: TokenSet): Deciding | undefined {
  const keys = new Set<string>();
  const texts: Language[] = [];
  for (const { often, conditions } of statements) {
    if (often === 'never') continue;
    const open = conditions.filter((verdict) => verdict.often === 'sometimes');
    const claims = new Set(open.map(({ condition }) => claimOf(condition.key, provider)));
    const [claim, ...others] = claims;
    if (others.length > 0 || (open.length > 0 && claim === undefined)) return undefined;
    if (claim !== undefined) keys.add(claim);
    texts.push(metByAll(open));
  }
  return { keys, texts: either(...texts) };
}
