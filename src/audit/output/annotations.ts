import { distinctBy } from '../../platform/distinct.ts';
import type { FileAnnotation } from '../../platform/runner/runner.ts';
import type { Finding, Report, Row } from '../model/report.ts';
import { isDenied, type Outcome } from './outcome.ts';
import { nameOf } from './text.ts';

/** GitHub Docs, "Workflow commands for GitHub Actions": of each level, the runner shows 10 annotations for each step. */
const MAX_OF_LEVEL = 10;

/**
 * The annotations of a report within the runner's limits, what fails the audit first.
 *
 * @returns the annotations, and how many there was no room for
 */
export function annotationsOf(
  report: Report,
  outcome: Outcome,
): {
  readonly annotations: readonly FileAnnotation[];
  readonly omitted: number;
} {
  const failing = new Set<Row | Finding>([...outcome.rows, ...outcome.findings]);
  const all = distinct([
    ...report.rows.flatMap((row) => ofRow(row, report, failing.has(row))),
    ...report.findings.map((finding) => ofFinding(finding, failing.has(finding))),
  ]);
  const annotations = (['error', 'warning', 'notice'] as const).flatMap((level) =>
    all.filter((one) => one.level === level).slice(0, MAX_OF_LEVEL),
  );
  return { annotations, omitted: all.length - annotations.length };
}

function ofRow(row: Row, report: Report, fails: boolean): FileAnnotation[] {
  const isFailing = isDenied(row, report);
  if (!isFailing && row.verdict !== 'unknown') return [];
  const { file, line, role, event, ref, why } = row;
  const on = ref === null ? '' : ` on ${ref}`;
  const title = isFailing
    ? `${nameOf(row)} is denied ${role}`
    : `It is unknown whether ${nameOf(row)} may assume ${role}`;
  const level = isFailing ? 'error' : 'notice';
  return [{ level: fails ? 'error' : lower(level), file, line, title, message: `${event}${on}: ${why}` }];
}

/** What does not fail the audit is not shown as an error. */
function lower(level: FileAnnotation['level']): FileAnnotation['level'] {
  return level === 'error' ? 'warning' : level;
}

function ofFinding({ id, severity, file, line, message, remedy }: Finding, fails: boolean): FileAnnotation {
  const level = severity === 'note' ? 'notice' : 'warning';
  return { level: fails ? 'error' : level, file, line, title: id, message: `${message} ${remedy}` };
}

function distinct(annotations: readonly FileAnnotation[]): readonly FileAnnotation[] {
  return distinctBy(annotations, (one) => JSON.stringify(one));
}
