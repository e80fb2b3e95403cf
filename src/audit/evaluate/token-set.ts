import { isDocumentedKey, TAG_KEYS } from '../../trust/condition-keys.ts';
import type { TrustPolicy } from '../../trust/document.ts';
import { GITHUB_PROVIDER } from '../../trust/statement.ts';
import type { Format } from '../model/report.ts';
import type { Assumption, JobRun } from '../model/types.ts';
import { keyOf } from '../texts/language.ts';
import { unknown, type Value } from '../texts/value.ts';

/** The tokens that a job can present: claims that are known, and claims that are known only as sets. */
export interface TokenSet {
  /** The issuer without its scheme, as IAM names it. */
  readonly provider: string;
  /** By name; `sub` and `aud` are among them. */
  readonly claims: ReadonlyMap<string, Value>;
  /** Claims that the tokens surely lack. */
  readonly absent: ReadonlySet<string>;
}

/** The tokens of a run for one audience; undefined where the server has no subjects of this form. */
export function tokensOf(
  { claims }: JobRun,
  audience: Assumption['audience'],
  format: Format,
  provider: string,
): TokenSet | undefined {
  const subject = claims.subject[format];
  if (subject === undefined) return undefined;
  return {
    provider,
    claims: new Map([...claims.values, ['sub', subject], ['aud', audience]]),
    absent: claims.absent,
  };
}

/**
 * The provider of a server's issuer (GitHub Docs, "OpenID Connect reference", and the reference for GitHub Enterprise
 * Server).
 */
export function providerOfServer(serverUrl: string): string {
  const { host } = new URL(serverUrl);
  if (host === 'github.com') return GITHUB_PROVIDER;
  return host.endsWith('.ghe.com') ? `token.actions.${host}` : `${host}/_services/token`;
}

/** What a request has under a condition key. */
export interface KeyValue {
  /** Undefined if the request surely lacks the key. */
  readonly value: Value | undefined;
  /** Whether the key can be absent although a value is given. */
  readonly maybeAbsent: boolean;
}

/** Claims of other providers that AWS documents for all. */
const NEVER_IN_GITHUB_TOKENS = ['amr', 'email'];

/** The claim of a condition key; undefined for keys of another provider, and for other keys. */
export function claimOf(key: string, provider: string): string | undefined {
  const prefix = `${provider}:`.toLowerCase();
  const lowerCase = key.toLowerCase();
  return lowerCase.startsWith(prefix) ? lowerCase.slice(prefix.length) : undefined;
}

/** The claims that the conditions of a policy are about. Tokens that differ in others are the same to it. */
export function claimsOfPolicy({ statements }: TrustPolicy, provider: string): ReadonlySet<string> {
  const keys = statements.flatMap(({ conditions }) => conditions.map(({ key }) => claimOf(key, provider)));
  return new Set(keys.filter((claim) => claim !== undefined));
}

/** The same text for tokens that are the same to a policy about these claims. */
export function keyOfTokens({ claims, absent }: TokenSet, about: ReadonlySet<string>): string {
  return [...about]
    .map((claim) => {
      const value = claims.get(claim);
      if (value === undefined) return absent.has(claim) ? `no ${claim}` : '';
      return `${claim} ${value.kind} ${value.kind === 'known' ? JSON.stringify(value.text) : keyOf(value.language)}`;
    })
    .join('\n');
}

/** What the tokens have under a condition key. */
export function valueOfKey(key: string, { provider, claims, absent }: TokenSet): KeyValue {
  const claim = claimOf(key, provider);
  if (claim === undefined) return valueOfOtherKey(key.toLowerCase(), provider);
  if (absent.has(claim) || NEVER_IN_GITHUB_TOKENS.includes(claim))
    return { value: undefined, maybeAbsent: true };
  const value = claims.get(claim);
  if (value === undefined)
    return { value: unknown('?', `the files do not say whether the token has ${claim}`), maybeAbsent: true };
  return { value, maybeAbsent: !isDocumentedKey(provider, claim) };
}

function valueOfOtherKey(key: string, provider: string): KeyValue {
  const ofGitHub = key.startsWith(`${GITHUB_PROVIDER}:`) && !provider.startsWith(`${GITHUB_PROVIDER}/`);
  if (ofGitHub || TAG_KEYS.test(key)) return { value: undefined, maybeAbsent: true };
  return { value: unknown('?', `only AWS knows ${key} of the request`), maybeAbsent: true };
}
