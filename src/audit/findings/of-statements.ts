import type { Statement } from '../../trust/document.ts';
import type { Risk, RiskId } from '../../trust/risk.ts';
import { risksOf } from '../../trust/risks.ts';
import { providerArn } from '../../trust/statement.ts';
import type { Finding, Severity } from '../model/report.ts';
import { hasMarks } from '../policies/roles/unknowns.ts';
import { ignoringCase } from '../texts/relation.ts';
import {
  allowsTokens,
  type FindingContext,
  findingIn,
  isBinding,
  type OwnStatement,
  ownStatements,
} from './context.ts';
import { aboutOf } from './subjects.ts';
import { type ClaimCondition, languageOfValue, subjectConditions } from './values.ts';

/** Findings in trust policies alone, whatever jobs there are. */
export function findingsOfStatements(context: FindingContext): readonly Finding[] {
  return ownStatements(context).flatMap((own) => {
    if (!allowsTokens(own.statement)) return wrongAction(own);
    const reported = risks(own, context);
    return [...reported, ...aboutOthers(own, context, reported)];
  });
}

function wrongAction(own: OwnStatement): Finding[] {
  const { actions } = own.statement;
  return [
    findingIn(own, {
      id: 'wrong-action',
      severity: 'error',
      message: `it allows ${actions.join(', ')}, and an OIDC token needs sts:AssumeRoleWithWebIdentity`,
      remedy: 'Write sts:AssumeRoleWithWebIdentity as its Action.',
    }),
  ];
}

/** What the audit itself finds with the jobs in view: the same risk without them says less. */
function isFoundWithJobs({ id, problem }: Risk): boolean {
  return id === 'immutable-break' || problem === 'pull requests can assume the role';
}

const SEVERITIES: Readonly<Record<RiskId, Severity>> = {
  'for-all-values': 'warning',
  'immutable-break': 'warning',
  'never-matches': 'error',
  'no-audience-condition': 'warning',
  'pull-request-into-deploying-role': 'warning',
  'too-wide': 'error',
  'unsupported-claim': 'warning',
  'wildcard-in-equals': 'error',
};

function risks(own: OwnStatement, context: FindingContext): Finding[] {
  const { role, statement } = own;
  const denials = role.policy.statements.filter(({ effect }) => effect === 'Deny');
  const isOpen = statement.conditions.some(({ values }) => values.some(hasMarks));
  const statements = [withProvider(statement, context), ...denials];
  return risksOf({ statements }, undefined)
    .filter((risk) => !isFoundWithJobs(risk) && !(isOpen && risk.id === 'never-matches'))
    .map(({ id, problem, remedy, example }) => {
      const shown = example === undefined ? '' : `, for example ${example}`;
      const value = statement.conditions
        .flatMap(({ values }) => values)
        .find((text) => problem.includes(text));
      const isMild = isOwnEvent(id, problem) || problem.endsWith('without that claim');
      const finding = {
        id: id === 'pull-request-into-deploying-role' ? 'too-wide' : id,
        severity: isMild ? 'warning' : SEVERITIES[id],
      } as const;
      return findingIn(own, { ...finding, message: problem + shown, remedy }, value);
    });
}

/** Whether a risk is about jobs of the repositories that the policy names. */
function isOwnEvent(id: RiskId, problem: string): boolean {
  return (
    id === 'pull-request-into-deploying-role' ||
    /(branch|branches|tag|environment|environments)\b.* can assume/.test(problem)
  );
}

/** A statement whose provider is unknown names the one that its conditions are about. */
function withProvider(statement: Statement, { provider }: FindingContext): Statement {
  const { principal } = statement;
  if (typeof principal !== 'object' || !principal.Federated?.every(hasMarks)) return statement;
  const arn = providerArn({ partition: 'aws', accountId: '111111111111', issuer: `https://${provider}` });
  return { ...statement, principal: { ...principal, Federated: [arn] } };
}

/** Subjects that are about other repositories, or that name this one in other letters. */
function aboutOthers(own: OwnStatement, context: FindingContext, reported: readonly Finding[]): Finding[] {
  if (context.isCustomised) return [];
  const values = subjectConditions(own, context)
    .filter(({ condition }) => isBinding(condition))
    .flatMap((one) =>
      one.condition.values.map((value) => ({ ...one, value, about: about(one, value, own, context) })),
    );
  const others = values.filter((one) => one.about === 'other');
  const none = values.filter(
    (one) =>
      one.about === 'none' &&
      !reported.some(({ id, message }) => id !== 'too-wide' && message.includes(one.value)),
  );
  const [first] = others;
  return [
    ...values.filter((one) => one.about === 'other letters').map(({ value }) => otherLetters(own, value)),
    ...none.map(({ value }) => withoutContext(own, value)),
    ...(first === undefined || others.length < values.length
      ? []
      : [
          findingIn(own, {
            id: 'other-repository',
            severity: 'note',
            message: `its subjects are of other repositories, such as ${first.value}; their jobs are not audited here`,
            remedy: `Audit the role in their repositories, or name ${context.repository.repository}.`,
          }),
        ]),
  ];
}

function about(
  { condition }: ClaimCondition,
  value: string,
  { role }: OwnStatement,
  { repository }: FindingContext,
) {
  const language = languageOfValue(condition, value, role);
  const found = aboutOf(language, repository);
  if (found === 'own' || found === 'unknown') return found;
  return aboutOf(ignoringCase(language), repository) === 'own' ? 'other letters' : found;
}

function withoutContext(own: OwnStatement, value: string): Finding {
  return findingIn(
    own,
    {
      id: 'never-matches',
      severity: 'error',
      message: `no token of this repository has the subject ${value}, unless its subjects are customised`,
      remedy:
        'Write repo:OWNER/NAME:ref:refs/heads/BRANCH, repo:OWNER/NAME:environment:NAME or repo:OWNER/NAME:pull_request.',
    },
    value,
  );
}

function otherLetters(own: OwnStatement, value: string): Finding {
  return findingIn(
    own,
    {
      id: 'never-matches',
      severity: 'error',
      message: `the subject ${value} differs in letter case from the subjects of this repository`,
      remedy: 'Write owner and repository as GitHub shows them.',
    },
    value,
  );
}
