import type { Uninvited } from '../findings/uninvited.ts';
import type { Report, Row } from '../model/report.ts';

/** The report as a table for a terminal. */
export function textOf({ rows, findings, gaps }: Report, uninvited: readonly Uninvited[]): string {
  const table = aligned([HEAD, ...rows.map(cellsOf)]);
  const whys = distinct(
    rows
      .filter(({ verdict }) => verdict !== 'allowed')
      .map(
        (row) =>
          `${row.verdict}: ${nameOf(row)} → ${row.role}\n  ${row.why.replace(STATEMENT, '\n  $1\n  ')}`,
      ),
  );
  const sections = [
    section('Jobs and roles', rows.length === 0 ? ['No job assumes a role with its OIDC token.'] : table),
    section('Why', whys),
    section(
      'Findings',
      findings.map(
        ({ id, severity, file, line, message, remedy }) =>
          `${severity} ${file}:${line} [${id}]\n  ${message}\n  ${remedy}`,
      ),
    ),
    section('Let in without asking', uninvitedLines(uninvited)),
    section(
      'Not read or not understood',
      gaps.map(({ file, line, what }) => `${file}:${line} ${what}`),
    ),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** The statement in a row's reason has lines of its own. */
const STATEMENT = / (This statement would allow it:) /;

const HEAD = ['verdict', 'job', 'event', 'ref', 'environment', 'format', 'role'];

function cellsOf(row: Row): string[] {
  return [row.verdict, nameOf(row), row.event, row.ref ?? '', row.environment ?? '', row.format, row.role];
}

/** A job by its workflow and name, with the called workflow that holds its step. */
export function nameOf({ workflow, job, called }: Row): string {
  return `${workflow}#${job}${called === null ? '' : ` → ${called}`}`;
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  return table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, '='.repeat(title.length), ...lines].join('\n');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** Jobs that one line names. */
const MAX_JOBS = 5;

/** One line for each role that lets in jobs which never assume it. */
export function uninvitedLines(uninvited: readonly Uninvited[]): string[] {
  const byRole = new Map<string, string[]>();
  for (const { role, file, workflow, job, event } of uninvited) {
    const key = `${role} (${file})`;
    const name = `${workflow.replace(/^\.github\/workflows\//, '')}#${job} (${event})`;
    byRole.set(key, [...(byRole.get(key) ?? []), name]);
  }
  return [...byRole].map(([role, jobs]) => {
    const more = jobs.length - MAX_JOBS;
    return `${role}: ${jobs.slice(0, MAX_JOBS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
}
