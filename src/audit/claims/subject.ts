import { gitHubMember, type Started } from '../contexts/github-context.ts';
import type { Datum } from '../expressions/datum.ts';
import { toValue } from '../expressions/resolve.ts';
import type { Situation } from '../expressions/situation.ts';
import type { TokenClaims } from '../model/types.ts';
import { ANYTHING, either, exactly, type Language, sequence } from '../texts/language.ts';
import { join, known, unknown, type Value } from '../texts/value.ts';

/** Everything that the claims of a run depend on. */
export interface ClaimSource {
  readonly started: Started;
  readonly situation: Situation;
  /** Undefined for none. */
  readonly environment: Value | undefined;
  /** `deployment: false` of an environment, for which GitHub does not document the subject. */
  readonly withoutDeployment: boolean;
  /** The reference of the called workflow; undefined when the job is not in one. */
  readonly jobWorkflowRef: Datum | undefined;
  readonly runner: Value;
}

/**
 * The subject in both forms (GitHub Docs, "OpenID Connect reference", "Example subject claims", "Immutable subject claims",
 * "Customizing the subject claims").
 */
export function subjectsOf(source: ClaimSource, values: ReadonlyMap<string, Value>): TokenClaims['subject'] {
  const { facts } = source.started;
  const [owner = '', name = ''] = facts.repository.split('/');
  const id = (claim: string) => values.get(claim) ?? known('');
  const immutable = join(`${owner}@`, id('repository_owner_id'), `/${name}@`, id('repository_id'));
  return {
    name: subjectFor(known(facts.repository), source, values),
    immutable: facts.server === 'ghes' ? undefined : subjectFor(immutable, source, values),
  };
}

function subjectFor(repository: Value, source: ClaimSource, values: ReadonlyMap<string, Value>): Value {
  const keys = source.started.facts.subjectClaims ?? ['repo', 'context'];
  const parts = keys.map((key): Value => {
    if (key === 'repo') return join('repo:', repository);
    if (key === 'context') return contextOf(source);
    const value = values.get(key);
    if (value === undefined)
      return unknown(`${key}:*`, `the claim ${key} is not known`, sequence(exactly(`${key}:`), ANYTHING));
    return join(`${key}:`, escaped(value));
  });
  return join(...parts.flatMap((part, index) => (index === 0 ? [part] : [':', part])));
}

/** The part of the default subject after the repository: the environment, or `pull_request`, or the ref. */
function contextOf(source: ClaimSource): Value {
  const { environment, withoutDeployment } = source;
  if (environment === undefined) return contextWithoutEnvironment(source);
  const named = join('environment:', escaped(environment));
  if (!withoutDeployment) return named;
  const other = contextWithoutEnvironment(source);
  return oneOf([named, other], 'GitHub documents no subject for an environment with deployment: false');
}

function contextWithoutEnvironment({ started, situation }: ClaimSource): Value {
  const ref = toValue(gitHubMember(started, ['ref']), situation);
  const { event, subject } = started.run;
  if (subject === 'pull_request') return known('pull_request');
  const byRef = join('ref:', escaped(ref));
  if (subject === 'ref') return byRef;
  if (ref.kind === 'known' && ref.text === '')
    return unknown('ref:*', `GitHub documents no subject for a ${event} event without a ref`);
  return oneOf([known('pull_request'), byRef], `GitHub documents no subject for ${event}`);
}

function oneOf(values: readonly Value[], reason: string): Value {
  const language = either(...values.map((value) => value.language));
  return unknown(values.map(({ shown }) => shown).join(' | '), reason, language);
}

/** GitHub writes a `:` of a value as `%3A`. */
function escaped(value: Value): Value {
  if (value.kind === 'known') return known(value.text.replaceAll(':', '%3A'));
  return { ...value, shown: escapedText(value.shown), language: escapedLanguage(value.language) };
}

const escapedText = (text: string) => (text.includes('${{') ? text : text.replaceAll(':', '%3A'));

function escapedLanguage(language: Language): Language {
  switch (language.kind) {
    case 'text':
      return exactly(language.text.replaceAll(':', '%3A'));
    case 'sequence':
      return sequence(...language.of.map(escapedLanguage));
    case 'either':
      return either(...language.of.map(escapedLanguage));
    default:
      // Names of branches and tags have no colon. Other unknown texts stay a larger set than necessary.
      return language;
  }
}
