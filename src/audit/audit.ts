import { distinctBy } from '../platform/distinct.ts';
import type { FindingContext } from './findings/context.ts';
import { findingsOfIds } from './findings/of-ids.ts';
import { findingsOfJobs } from './findings/of-jobs.ts';
import { findingsOfReach } from './findings/of-reach.ts';
import { findingsOfStatements } from './findings/of-statements.ts';
import { reachOf } from './findings/reach.ts';
import { type Uninvited, uninvitedJobs } from './findings/uninvited.ts';
import type { Finding, Format, Report } from './model/report.ts';
import type { Facts, Gap, WorkflowAudit } from './model/types.ts';
import type { PolicyAudit } from './policies/read-policies.ts';
import { judge } from './verdicts/judge.ts';

/** What an audit reads. */
export interface AuditInput {
  readonly workflows: WorkflowAudit;
  readonly policies: PolicyAudit;
  readonly facts: Facts;
  /** The issuer of the server without its scheme. */
  readonly provider: string;
  /** The forms of subjects to judge. */
  readonly formats: readonly Format[];
  /** Gaps and faults that come from elsewhere, such as files that were not found. */
  readonly gaps: readonly Gap[];
  readonly unreadable: readonly Gap[];
}

export interface Audit {
  readonly report: Report;
  /** Jobs that roles let in though they never ask; for people, and no part of the report's contract. */
  readonly uninvited: readonly Uninvited[];
}

/** Says which job is let in by which role, and what is wrong in workflows and policies. */
export function audit(input: AuditInput): Audit {
  const { workflows, policies, facts, provider, formats } = input;
  const { roles } = policies;
  const options = { provider, formats };
  const { judged, matchesOf } = judge(workflows.runs, roles, options);
  const context: FindingContext = {
    repository: { repository: facts.repository, repositoryId: facts.repositoryId, ownerId: facts.ownerId },
    isCustomised: isCustomised(facts),
    provider,
    formats,
    runs: workflows.runs,
    roles,
    judged,
    reach: reachOf(roles, workflows.runs, provider),
  };
  const findings = [
    ...[...input.unreadable, ...policies.unreadable].map(unreadable),
    ...findingsOfJobs(context, ({ assumption }) => matchesOf(assumption)),
    ...findingsOfReach(context),
    ...findingsOfStatements(context),
    ...findingsOfIds(context),
  ];
  const report = {
    rows: judged.map(({ row }) => row),
    findings: sorted(distinct(findings)),
    gaps: sorted(distinct([...input.gaps, ...workflows.gaps, ...policies.gaps])),
  };
  return { report, uninvited: uninvitedJobs(context) };
}

function isCustomised({ subjectClaims }: Facts): boolean {
  const keys = subjectClaims ?? [];
  return keys.length > 0 && keys.join() !== 'repo,context';
}

function unreadable({ file, line, what }: Gap): Finding {
  return {
    id: 'unreadable',
    severity: 'error',
    file,
    line,
    message: `It is not read: ${what}.`,
    remedy: 'Correct the file, or take it out of policies.',
  };
}

function distinct<T extends object>(list: readonly T[]): readonly T[] {
  return distinctBy(list, (one) => JSON.stringify(one));
}

/** In the order of files and lines. */
function sorted<T extends Gap | Finding>(list: readonly T[]): readonly T[] {
  const byFile = list.toSorted((a, b) => a.line - b.line);
  return byFile.toSorted((a, b) => Number(a.file > b.file) - Number(a.file < b.file));
}
