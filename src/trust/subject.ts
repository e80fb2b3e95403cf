import { type Claims, textClaim } from '../identity/claims.ts';

/** The parts of a subject in GitHub's default form (GitHub Docs, "OpenID Connect reference"). */
export interface Subject {
  /** `OWNER/NAME` */
  readonly repository: string;
  /** Whether owner and repository have IDs: `repo:OWNER@1/NAME@2:…`. */
  readonly immutable: boolean;
  /** What follows the repository: `ref:refs/heads/main`, `environment:production`, `pull_request`. */
  readonly context: string;
}

const SUBJECT = /^repo:([^/@:]+)(@\d+|@\*)?\/([^@:]+)(?:@\d+|@\*)?:(.*)/s;

/** The parts of a subject in the default form, or of a pattern for one; undefined for a customised subject. */
export function parseSubject(subject: string): Subject | undefined {
  const parts = SUBJECT.exec(subject);
  if (parts === null) return undefined;
  const [, owner, ownerId, name, context = ''] = parts;
  return { repository: `${owner}/${name}`, immutable: ownerId !== undefined, context };
}

export function isImmutable(subject: string): boolean {
  return parseSubject(subject)?.immutable === true;
}

/** The context in the default subject of a token with these claims. */
export function defaultContext(claims: Claims): string {
  const environment = textClaim(claims, 'environment');
  if (environment !== '') return `environment:${withoutColons(environment)}`;
  return textClaim(claims, 'event_name') === 'pull_request'
    ? 'pull_request'
    : `ref:${textClaim(claims, 'ref')}`;
}

/** The make-up of a subject. */
export interface SubjectForm {
  /** Claim keys as in GitHub's `include_claim_keys`; `repo` and `context` are the default. */
  readonly keys: readonly string[];
  /** Whether `repo` has the IDs of owner and repository. */
  readonly immutable: boolean;
}

/** The subject of a token with these claims. */
export function subjectOf(claims: Claims, { keys, immutable }: SubjectForm): string {
  const [owner, name] = textClaim(claims, 'repository').split('/');
  const part = (key: string) => {
    if (key === 'context') return defaultContext(claims);
    if (key !== 'repo') return `${key}:${withoutColons(String(claims[key] ?? ''))}`;
    return immutable
      ? `repo:${owner}@${claims.repository_owner_id}/${name}@${claims.repository_id}`
      : `repo:${owner}/${name}`;
  };
  return keys.map(part).join(':');
}

/** Colons separate the parts of a subject. */
function withoutColons(value: string): string {
  return value.replaceAll(':', '%3A');
}

/**
 * Whether a subject starts with a part that only this repository has: `repo:OWNER/NAME`, `repo:OWNER@ID/NAME@ID` or
 * `repository_id:ID`. In a later part the same characters can be the value of a claim that others choose.
 */
export function namesRepository(claims: Claims): boolean {
  const subject = textClaim(claims, 'sub');
  const [key, value = ''] = subject.split(':', 2);
  const id = String(claims.repository_id ?? '');
  if (key === 'repository_id') return id !== '' && value === id;
  const parts = /^([^/@]+)(?:@\d+)?\/([^/@]+)(?:@(\d+))?$/.exec(value);
  if (key !== 'repo' || parts === null) return false;
  const [, owner, name, nameId = id] = parts;
  return `${owner}/${name}` === textClaim(claims, 'repository') && (id === '' || nameId === id);
}

/** Whether the organisation or repository customised the subject. */
export function isCustomised(claims: Claims): boolean {
  const subject = parseSubject(textClaim(claims, 'sub'));
  return (
    subject === undefined ||
    subject.repository !== textClaim(claims, 'repository') ||
    subject.context !== defaultContext(claims)
  );
}
