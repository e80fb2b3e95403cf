import type { Finding, Severity } from '../model/report.ts';
import { both } from '../texts/language.ts';
import { example } from '../texts/relation.ts';
import {
  allowsTokens,
  type FindingContext,
  findingIn,
  isBinding,
  type OwnStatement,
  ownStatements,
} from './context.ts';
import { isStatementReached } from './of-reach.ts';
import { type Repository, subjectsOf } from './subjects.ts';
import { languageOfValue, subjectConditions } from './values.ts';

/**
 * Findings about immutable subjects: policies that let in the form with names, and not the form with IDs, which a
 * repository gets when it is renamed, transferred or opted in (GitHub Docs, "OpenID Connect reference").
 */
export function findingsOfIds(context: FindingContext): readonly Finding[] {
  if (context.isCustomised || context.provider.endsWith('/_services/token')) return [];
  return ownStatements(context)
    .filter(({ statement }) => allowsTokens(statement))
    .flatMap((own) => [
      ...malformed(own, context),
      // A statement that matches no job breaks none.
      ...(isStatementReached(own, context) ? breaking(own, context) : []),
    ]);
}

/** An ID of the owner alone, or of the repository alone, and IDs that are wildcards. */
function malformed(own: OwnStatement, context: FindingContext): Finding[] {
  return subjectConditions(own, context)
    .flatMap(({ condition }) => condition.values)
    .flatMap((value) => {
      const [, ownerId, repositoryId] = /^repo:[^/@:]+(@[^/:]*)?\/[^@:]+(@[^:]*)?(?::|$)/.exec(value) ?? [];
      if (ownerId === undefined && repositoryId === undefined) return [];
      if (ownerId === undefined || repositoryId === undefined) {
        return [
          finding(own, value, 'error', {
            message: `the subject ${value} has an ID of ${ownerId === undefined ? 'the repository' : 'the owner'} alone, so it matches no token`,
            remedy: `Write both IDs: ${beginning(context.repository)}.`,
          }),
        ];
      }
      if (!/[*?]/.test(ownerId + repositoryId)) return [];
      return [
        finding(own, value, 'warning', {
          message: `the subject ${value} has a wildcard in place of an ID, so the next owner of the name gets in`,
          remedy: `Write the IDs: ${beginning(context.repository)}.`,
        }),
      ];
    });
}

/** A statement that lets in this repository by its name alone. */
function breaking(own: OwnStatement, context: FindingContext): Finding[] {
  const subjects = subjectsOf(context.repository);
  const values = subjectConditions(own, context)
    .filter(({ condition }) => isBinding(condition))
    .flatMap(({ condition }) => condition.values.map((value) => ({ condition, value })));
  const lets = (value: (typeof values)[number], form: 'name' | 'immutable') =>
    example(both(languageOfValue(value.condition, value.value, own.role), subjects[form])) !== undefined;
  const named = values.filter((value) => lets(value, 'name'));
  const [first] = named;
  if (first === undefined || values.some((value) => lets(value, 'immutable'))) return [];
  const immutable = named.map(({ value }) => withIds(value, context.repository));
  const condition = {
    [first.condition.operator]: { [first.condition.key]: [...named.map(({ value }) => value), ...immutable] },
  };
  return [
    finding(own, first.value, severityOf(context), {
      message: `the subject ${first.value} has no IDs, so a rename, a transfer or the opt-in to immutable subjects locks this repository out`,
      remedy: `Allow both forms until then: ${JSON.stringify(condition)}.`,
    }),
  ];
}

/** Whether it breaks now, may break already, or breaks some day. */
function severityOf({ formats }: FindingContext): Severity {
  if (!formats.includes('immutable')) return 'note';
  return formats.includes('name') ? 'warning' : 'error';
}

function finding(
  own: OwnStatement,
  value: string,
  severity: Severity,
  texts: Pick<Finding, 'message' | 'remedy'>,
): Finding {
  return findingIn(own, { id: 'immutable-break', severity, ...texts }, value);
}

/** How the subjects of the repository with IDs begin. */
function beginning({ repository, ownerId, repositoryId }: Repository): string {
  const [owner, name] = repository.split('/');
  return `repo:${owner}@${ownerId ?? 'OWNER_ID'}/${name}@${repositoryId ?? 'REPOSITORY_ID'}`;
}

/** A subject of this repository with its IDs. What follows the repository stays. */
function withIds(value: string, repository: Repository): string {
  const [, context = ':*'] = /^repo:[^:]*(:.*)$/s.exec(value) ?? [];
  return beginning(repository) + context;
}
