import { isGitHubClaim } from './condition-keys.ts';
import type { SubjectForm } from './subject.ts';

/** The parts of a condition value for the subject. */
export interface SubjectPattern {
  /** The form of the subjects that it can match. */
  readonly form: SubjectForm;
  /** Values by key: `repo`, `ref`, `environment` and other claims. Values can have wildcards. */
  readonly parts: ReadonlyMap<string, string>;
}

/** Keys whose value GitHub writes as the `context` of a subject. */
const CONTEXT = ['ref', 'environment', 'pull_request'];

/**
 * Takes a condition value apart. `repo:o/r` has the form of a subject without a context, `repo:o/r*` and `repo:o/*` can
 * have one.
 *
 * @param hasWildcards whether `*` and `?` are wildcards
 * @returns undefined for a value that no subject has
 */
export function parseSubjectPattern(value: string, hasWildcards: boolean): SubjectPattern | undefined {
  const parts = new Map<string, string>();
  /** A key whose value comes next. */
  let key: string | undefined;
  let isOpen = false;
  for (const segment of value.split(':')) {
    const isWildcard = hasWildcards && segment.includes('*');
    isOpen ||= isWildcard;
    if (key !== undefined) {
      parts.set(key, segment);
      key = undefined;
    } else if (isSubjectKey(segment)) {
      parts.set(segment, '');
      if (segment !== 'pull_request') key = segment;
    } else if (!isWildcard) return undefined;
  }
  const keys = [...parts.keys()].map((one) => (CONTEXT.includes(one) ? 'context' : one));
  if (isOpen && (keys.length === 0 || value.startsWith('*'))) keys.unshift('repo');
  if (isOpen) keys.push('context');
  const immutable = parts.get('repo')?.includes('@') ?? false;
  return { form: { keys: [...new Set(keys)], immutable }, parts };
}

export function isSubjectKey(text: string): boolean {
  return text === 'repo' || text === 'pull_request' || isGitHubClaim(text);
}
