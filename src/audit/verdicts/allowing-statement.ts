import { type TrustStatement, webIdentityStatement } from '../../trust/statement.ts';
import { compare } from '../evaluate/compare.ts';
import { languageOfPattern } from '../evaluate/pattern.ts';
import type { Account } from '../evaluate/principal-set.ts';
import type { TokenSet } from '../evaluate/token-set.ts';
import type { Value } from '../texts/value.ts';

/** Placeholder for the account of the role, if the files do not have it. */
const ACCOUNT_ID = 'ACCOUNT_ID';

/**
 * A statement that allows exactly these tokens; undefined where the subject cannot be written as a value of a condition.
 */
export function allowingStatement(
  { provider, claims }: TokenSet,
  account: Account,
): TrustStatement | undefined {
  const [subject, audience] = [claims.get('sub'), claims.get('aud')];
  const pattern = subject === undefined ? undefined : patternOf(subject);
  if (subject === undefined || pattern === undefined || audience?.kind !== 'known') return undefined;
  const statement = webIdentityStatement({
    partition: account.partition ?? 'aws',
    accountId: account.accountId ?? ACCOUNT_ID,
    issuer: `https://${provider}`,
    audience: audience.text,
    subject: pattern,
    repositoryId: namesRepository(subject) ? undefined : textOf(claims.get('repository_id')),
  });
  if (subject.kind === 'known') return statement;
  const { [`${provider}:sub`]: sub = '', ...equals } = statement.Condition?.StringEquals ?? {};
  return { ...statement, Condition: { StringEquals: equals, StringLike: { [`${provider}:sub`]: sub } } };
}

/**
 * The value of a condition that all texts of the subject meet. A filter's pattern is one for IAM, too, where it has no
 * other wildcard than `*`.
 */
function patternOf(subject: Value): string | undefined {
  if (subject.kind === 'known') return subject.text;
  if (subject.kind === 'unknown') return undefined;
  const pattern = subject.shown.replace(/ without .*$/s, '').replaceAll('**', '*');
  return compare(subject.language, languageOfPattern(pattern)) === 'inside' ? pattern : undefined;
}

function namesRepository({ shown }: Value): boolean {
  return /^(repo:[^/*?]+\/[^:*?]+:|repository_id:\d+)/.test(shown);
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'known' ? value.text : undefined;
}
