import { ANY_NAME } from '../texts/filter-pattern.ts';
import {
  ANYTHING,
  both,
  either,
  exactly,
  type Language,
  oneOf,
  repeat,
  sequence,
} from '../texts/language.ts';
import { example, relation } from '../texts/relation.ts';

/** What is known of the repository. */
export interface Repository {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
}

const DIGITS = sequence(oneOf('0123456789'), repeat(oneOf('0123456789')));
/** A part of a subject: a colon in an environment's name is `%3A`. */
const PART = sequence(oneOf(':', true), repeat(oneOf(':', true)));
const NAME = sequence(oneOf(':/@', true), repeat(oneOf(':/@', true)));
/** What follows the repository in a default subject (GitHub Docs, "OpenID Connect reference"). */
const CONTEXT = either(
  sequence(exactly('ref:refs/heads/'), ANY_NAME),
  sequence(exactly('ref:refs/tags/'), ANY_NAME),
  sequence(exactly('ref:refs/pull/'), DIGITS, exactly('/merge')),
  sequence(exactly('environment:'), PART),
  exactly('pull_request'),
);

/** All default subjects of a repository, by their form. */
export function subjectsOf({ repository, ownerId, repositoryId }: Repository): {
  readonly name: Language;
  readonly immutable: Language;
} {
  const [owner = '', name = ''] = repository.split('/');
  const id = (text: string | undefined) => (text === undefined ? DIGITS : exactly(text));
  const beginning = sequence(exactly(`repo:${owner}@`), id(ownerId), exactly(`/${name}@`), id(repositoryId));
  return {
    name: sequence(exactly(`repo:${repository}:`), CONTEXT),
    immutable: sequence(beginning, exactly(':'), CONTEXT),
  };
}

/** All subjects that begin with a repository, customised ones as well. */
const OF_ANY_REPOSITORY = sequence(
  exactly('repo:'),
  either(
    sequence(NAME, exactly('/'), NAME),
    sequence(NAME, exactly('@'), DIGITS, exactly('/'), NAME, exactly('@'), DIGITS),
  ),
  exactly(':'),
  either(
    CONTEXT,
    sequence(
      oneOf('abcdefghijklmnopqrstuvwxyz'),
      repeat(oneOf('abcdefghijklmnopqrstuvwxyz_')),
      exactly(':'),
      ANYTHING,
    ),
  ),
);

/** Claims that only customised subjects have in a part of their own. */
const OWN_PARTS = either(
  ...[
    'actor',
    'enterprise',
    'event_name',
    'head_ref',
    'job_workflow_ref',
    'repository',
    'runner_environment',
    'sha',
    'workflow',
  ].map(exactly),
);
const CUSTOMISED = sequence(exactly('repo:'), ANYTHING, exactly(':'), OWN_PARTS, ANYTHING);

/** What a value of a condition on the subject is about. */
export type Subject =
  | 'own'
  /** Subjects of other repositories only. */
  | 'other'
  /** A customised subject, of which nothing is known here. */
  | 'customised'
  /** No subject that GitHub makes. */
  | 'none'
  | 'unknown';

/** Says what the subjects of a language are about; see {@link Subject}. */
export function aboutOf(language: Language, repository: Repository): Subject {
  const own = subjectsOf(repository);
  const shared = (other: Language) => example(both(language, other));
  const ofOwn = shared(either(own.name, own.immutable));
  if (ofOwn === 'unknown') return 'unknown';
  if (ofOwn !== undefined) return 'own';
  if (shared(sequence(exactly('repo:'), ANYTHING)) === undefined || isInside(language, CUSTOMISED))
    return 'customised';
  const beginning = exactly(`repo:${repository.repository}`);
  if (shared(either(beginning, sequence(beginning, exactly(':'), ANYTHING))) !== undefined) return 'none';
  return shared(OF_ANY_REPOSITORY) === undefined ? 'none' : 'other';
}

function isInside(language: Language, other: Language): boolean {
  return relation(language, other) === 'inside';
}
