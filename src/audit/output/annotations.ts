import type { Finding, Report, Row } from '../model/report.ts';
import { isDenied, type Outcome } from './outcome.ts';
import { nameOf } from './text.ts';

/** A message on a line of a file, on the page of the run and in the pull request. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly message: string;
}

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
  readonly annotations: readonly Annotation[];
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

function ofRow(row: Row, report: Report, fails: boolean): Annotation[] {
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
function lower(level: Annotation['level']): Annotation['level'] {
  return level === 'error' ? 'warning' : level;
}

function ofFinding({ id, severity, file, line, message, remedy }: Finding, fails: boolean): Annotation {
  const level = severity === 'note' ? 'notice' : 'warning';
  return { level: fails ? 'error' : level, file, line, title: id, message: `${message} ${remedy}` };
}

function distinct(annotations: readonly Annotation[]): readonly Annotation[] {
  return [...new Map(annotations.map((one) => [JSON.stringify(one), one])).values()];
}
