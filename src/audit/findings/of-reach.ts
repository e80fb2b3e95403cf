import type { Finding } from '../model/report.ts';
import type { JobRun } from '../model/types.ts';
import type { Role } from '../policies/roles/role.ts';
import { relation } from '../texts/relation.ts';
import {
  allowsTokens,
  type FindingContext,
  findingIn,
  isBinding,
  type OwnStatement,
  ownStatements,
} from './context.ts';
import type { Reached } from './reach.ts';
import { aboutOf } from './subjects.ts';
import { languageOfValue, subjectConditions } from './values.ts';

/** Findings in the reverse direction: whom roles let in that never asks, and what in policies lets in no job. */
export function findingsOfReach(context: FindingContext): readonly Finding[] {
  return [...context.roles.flatMap((role) => pullRequests(role, context)), ...stale(context)];
}

/** The role's jobs, apart from those of pull requests. */
function isAsked(role: Role, { judged }: FindingContext, isPullRequest: boolean): boolean {
  return judged.some(({ match, run }) => match?.role === role && isOfPullRequest(run) === isPullRequest);
}

function isOfPullRequest({ event }: JobRun): boolean {
  return event === 'pull_request';
}

/**
 * Anyone who can push a branch can change a workflow in a pull request, so that a policy which allows pull requests allows
 * them all that the role may do.
 */
function pullRequests(role: Role, context: FindingContext): Finding[] {
  const reached = (context.reach.get(role) ?? []).find(
    ({ run, format, verdict }) =>
      context.formats.includes(format) &&
      isOfPullRequest(run) &&
      !run.fork &&
      verdict.decision !== 'denied' &&
      verdict.decision !== 'unknown',
  );
  const deploys = isAsked(role, context, false);
  if (reached === undefined || !deploys) return [];
  const asks = isAsked(role, context, true);
  const own = ownStatements(context).find(
    ({ role: other, index }) => other === role && reached.verdict.statements[index]?.often !== 'never',
  );
  if (own === undefined) return [];
  const whom = asks ? 'which ask for it as jobs of other events do' : 'which never ask for it';
  return [
    findingIn(own, {
      id: 'pull-request-into-deploying-role',
      severity: asks ? 'warning' : 'error',
      message: `the role of deploying jobs also lets in pull requests, ${whom}`,
      remedy:
        'Name branches or environments in the subject. Give pull requests a step of their own with a role that can only read.',
    }),
  ];
}

/** Statements and values that are about this repository, and match no job of it. */
function stale(context: FindingContext): Finding[] {
  if (context.runs.length === 0) return [];
  return ownStatements(context)
    .filter(({ statement }) => allowsTokens(statement))
    .flatMap((own) => {
      const reached = context.reach.get(own.role) ?? [];
      const isReached = isStatementReached(own, context);
      const values = subjectConditions(own, context).flatMap(({ condition }) =>
        isBinding(condition) ? condition.values.map((value) => ({ condition, value })) : [],
      );
      const about = values.filter(
        ({ condition, value }) =>
          !context.isCustomised &&
          aboutOf(languageOfValue(condition, value, own.role), context.repository) === 'own',
      );
      if (about.length === 0) return [];
      if (!isReached) {
        return [
          findingIn(own, {
            id: 'stale-statement',
            severity: 'note',
            message: 'it matches no job of this repository',
            remedy: 'Remove the statement, or correct its conditions.',
          }),
        ];
      }
      return about
        .filter(({ condition, value }) => !matchesAny(languageOfValue(condition, value, own.role), reached))
        .map(({ value }) =>
          findingIn(
            own,
            {
              id: 'stale-value',
              severity: 'note',
              message: `the subject ${value} matches no job of this repository`,
              remedy: 'Remove the value, or correct it.',
            },
            value,
          ),
        );
    });
}

/** Whether a job of the repository can present a token to which the statement applies. */
export function isStatementReached({ role, index }: OwnStatement, { reach }: FindingContext): boolean {
  return (reach.get(role) ?? []).some(({ verdict }) => verdict.statements[index]?.often !== 'never');
}

function matchesAny(language: ReturnType<typeof languageOfValue>, reached: readonly Reached[]): boolean {
  return reached.some(({ run, format }) => {
    const subject = run.claims.subject[format];
    return subject !== undefined && relation(subject.language, language) !== 'outside';
  });
}
