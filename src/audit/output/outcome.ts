import type { Finding, Report, Row } from '../model/report.ts';

/** What makes an audit fail; each includes those before it. */
export type FailOn = 'none' | 'denied' | 'risk' | 'unknown';

/** The part of a report that an audit fails for. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
}

/** Findings that say that a job fails, or that it is not known whether it does. */
const OF_DENIALS: readonly Finding['id'][] = ['missing-permission', 'role-path-mismatch', 'unreadable'];

/**
 * What an audit fails for.
 *
 * @param baseline a former report: what is in it does not fail again
 */
export function outcomeOf(report: Report, failOn: FailOn, baseline: Report | undefined): Outcome {
  const fresh = without(report, baseline);
  switch (failOn) {
    case 'none':
      return { rows: [], findings: [] };
    case 'denied':
      return {
        rows: fresh.rows.filter((row) => isDenied(row, report)),
        findings: fresh.findings.filter(({ id }) => OF_DENIALS.includes(id)),
      };
    case 'risk':
      return {
        rows: fresh.rows.filter((row) => isDenied(row, report)),
        findings: fresh.findings.filter(isRisk),
      };
    case 'unknown':
      return {
        rows: fresh.rows.filter((row) => isDenied(row, report) || row.verdict === 'unknown'),
        findings: fresh.findings.filter(isRisk),
      };
  }
}

function isRisk({ severity }: Finding): boolean {
  return severity !== 'note';
}

/**
 * Whether a row says that the job fails. Jobs of forks get no token by design. Where the form of the subjects is not known,
 * a job that one form lets in is a finding (`immutable-break`), not a failure.
 */
export function isDenied(row: Row, { rows }: Report): boolean {
  return row.verdict === 'denied' && !letInKeys(rows).has(keyOfJob(row));
}

const LET_IN = new WeakMap<readonly Row[], ReadonlySet<string>>();

/** The jobs of which some form of the subject is not denied. */
function letInKeys(rows: readonly Row[]): ReadonlySet<string> {
  const known = LET_IN.get(rows) ?? new Set(rows.filter(({ verdict }) => verdict !== 'denied').map(keyOfJob));
  LET_IN.set(rows, known);
  return known;
}

/** A job with its event, ref, environment and role, in whatever form its subject is. */
function keyOfJob({ format: _format, subject: _subject, verdict: _verdict, why: _why, ...job }: Row): string {
  return JSON.stringify(job);
}

/** A report without what a former report has, whatever the lines. */
function without({ rows, findings }: Report, baseline: Report | undefined): Outcome {
  const known = new Set([
    ...(baseline?.rows ?? []).map(fingerprintOfRow),
    ...(baseline?.findings ?? []).map(fingerprintOfFinding),
  ]);
  return {
    rows: rows.filter((row) => !known.has(fingerprintOfRow(row))),
    findings: findings.filter((finding) => !known.has(fingerprintOfFinding(finding))),
  };
}

/** The same for a finding that only moved to another line. */
export function fingerprintOfFinding({ id, file, message }: Finding): string {
  return JSON.stringify([id, file, message]);
}

/** The same for a row whose step only moved to another line. */
export function fingerprintOfRow({ line: _line, why: _why, ...row }: Row): string {
  return JSON.stringify(row);
}
