import { type Claims, textClaim } from '../identity/claims.ts';

/** A subject of GitHub's OIDC tokens, taken apart (GitHub Docs, "OpenID Connect reference"). */
export interface Subject {
  /** `OWNER/NAME` */
  readonly repository: string;
  /** Whether owner and repository have IDs: `repo:OWNER@1/NAME@2:…`. */
  readonly immutable: boolean;
  /** What follows the repository: `ref:refs/heads/main`, `environment:production`, `pull_request`. */
  readonly context: string;
}

const SUBJECT = /^repo:([^/@:]+)(?:@(\d+|\*))?\/([^@:]+)(?:@(\d+|\*))?:(.*)$/s;

/** The parts of a subject in GitHub's default form; undefined for a customised one. Wildcards may stand in it. */
export function parseSubject(subject: string): Subject | undefined {
  const [, owner, ownerId, name, , context] = SUBJECT.exec(subject) ?? [];
  if (owner === undefined || name === undefined || context === undefined) return undefined;
  return { repository: `${owner}/${name}`, immutable: ownerId !== undefined, context };
}

export function isImmutable(subject: string): boolean {
  return parseSubject(subject)?.immutable === true;
}

/** The context that GitHub puts into the default subject of a token with these claims. */
export function defaultContext(claims: Claims): string {
  const environment = textClaim(claims, 'environment');
  if (environment !== '') return `environment:${environment.replaceAll(':', '%3A')}`;
  return textClaim(claims, 'event_name') === 'pull_request'
    ? 'pull_request'
    : `ref:${textClaim(claims, 'ref')}`;
}

/**
 * Whether the subject begins with a part that is the repository's alone: `repo:OWNER/NAME`, `repo:OWNER@ID/NAME@ID` or
 * `repository_id:ID`. Further on, the same characters can be the value of another claim, which somebody else chose.
 */
export function namesRepository(claims: Claims): boolean {
  const subject = textClaim(claims, 'sub');
  const [key, value = ''] = subject.split(':', 2);
  const id = String(claims.repository_id ?? '');
  if (key === 'repository_id') return id !== '' && value === id;
  const [, owner, , name, nameId] = /^([^/@]+)(@\d+)?\/([^/@]+)(?:@(\d+))?$/.exec(value) ?? [];
  return (
    key === 'repo' &&
    owner !== undefined &&
    `${owner}/${name}` === textClaim(claims, 'repository') &&
    (nameId === undefined || id === '' || nameId === id)
  );
}

/** Whether the organisation or repository has changed what its subjects are made of. */
export function isCustomised(claims: Claims): boolean {
  const subject = parseSubject(textClaim(claims, 'sub'));
  return (
    subject === undefined ||
    subject.repository !== textClaim(claims, 'repository') ||
    subject.context !== defaultContext(claims)
  );
}
