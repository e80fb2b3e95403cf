import { claimOf } from '../evaluate/token-set.ts';
import type { Finding } from '../model/report.ts';
import type { Judged } from '../verdicts/judge.ts';
import type { RoleMatches } from '../verdicts/match-roles.ts';
import { nearestStatement } from '../verdicts/why.ts';
import type { FindingContext } from './context.ts';

/** Findings in jobs: what they lack to get a token, and what they assume that no file has. */
export function findingsOfJobs(
  context: FindingContext,
  matchesOf: (judged: Judged) => RoleMatches,
): readonly Finding[] {
  return [
    ...missingPermissions(context),
    ...context.judged.flatMap((judged) => [
      ...missingPolicy(judged, matchesOf(judged)),
      ...audienceMismatch(judged, context),
    ]),
  ];
}

function missingPermissions({ runs }: FindingContext): Finding[] {
  return runs
    .filter(({ token, assumptions }) => token.state === 'missing' && assumptions.length > 0)
    .map(({ token, job, at, assumptions }) => {
      const place = token.state === 'granted' ? at : token.at;
      const roles = [...new Set(assumptions.map(({ role }) => role.shown))].join(', ');
      return {
        id: 'missing-permission',
        severity: 'error',
        ...place,
        message: `The job ${job} assumes ${roles}, and gets no OIDC token: ${token.state === 'granted' ? '' : token.why}.`,
        remedy: `Add id-token: write to the permissions of the job.`,
      };
    });
}

function missingPolicy({ assumption, match }: Judged, { isNamed, otherPath }: RoleMatches): Finding[] {
  const [other] = otherPath;
  const place = assumption.at;
  if (other !== undefined && match === undefined) {
    return [
      {
        id: 'role-path-mismatch',
        severity: 'error',
        ...place,
        message: `The step assumes ${assumption.role.shown}, and ${other.at.file} has this role with the path ${other.path?.shown}.`,
        remedy: 'Write the path into the ARN, or correct the path of the role.',
      },
    ];
  }
  if (match !== undefined || !isNamed) return [];
  return [
    {
      id: 'missing-policy',
      severity: 'warning',
      ...place,
      message: `No file in policies has the trust policy of ${assumption.role.shown}.`,
      remedy: 'Add its trust policy to policies, or check the name of the role.',
    },
  ];
}

/** Jobs that are denied for their audience alone. */
function audienceMismatch(
  { row, verdict, assumption, match }: Judged,
  { provider }: FindingContext,
): Finding[] {
  const nearest =
    row.verdict === 'denied' && verdict !== undefined ? nearestStatement(verdict.statements) : undefined;
  if (nearest === undefined || !nearest.coversAction || nearest.principal.often === 'never') return [];
  const failing = nearest.conditions.filter(({ often }) => often === 'never');
  const [audience] = failing;
  if (audience === undefined || failing.some(({ condition }) => claimOf(condition.key, provider) !== 'aud'))
    return [];
  const wanted = audience.condition.values.map((value) => match?.role.unknowns.shown(value)).join(' or ');
  return [
    {
      id: 'audience-mismatch',
      severity: 'error',
      ...assumption.at,
      message: `The step requests a token for ${row.audience}, and the trust policy of ${match?.role.label} wants ${wanted}.`,
      remedy: 'Set audience to the value in the trust policy, or change the condition.',
    },
  ];
}
