import type { Uninvited } from '../findings/uninvited.ts';
import type { Finding, Report, Row, RowVerdict } from '../model/report.ts';
import { nameOf, uninvitedLines } from './text.ts';

const SIGNS: Readonly<Record<RowVerdict, string>> = {
  allowed: '✅ allowed',
  denied: '❌ denied',
  'no-token': '🚫 no token',
  depends: '◐ depends',
  unknown: '❔ unknown',
};

/** A cell for several runs of a job has the worst verdict. */
const WORST_FIRST: readonly RowVerdict[] = ['denied', 'no-token', 'unknown', 'depends', 'allowed'];

/** GitHub limits a summary to 1 MB, and a table is readable only far below that. */
const MAX_ROWS = 200;
const MAX_EDGES = 60;

/** The report for the job summary: a matrix of jobs and roles, a graph, the findings. */
export function markdownOf(report: Report, uninvited: readonly Uninvited[]): string {
  const { rows, findings, gaps } = report;
  const details = rows.filter(({ verdict }) => verdict !== 'allowed').slice(0, MAX_ROWS);
  return [
    '## Trust audit',
    '',
    ...matrix(rows),
    ...graph(rows),
    ...section(
      'Why',
      ['verdict', 'job', 'event', 'ref', 'role', 'why'],
      details.map((row) => [row.verdict, nameOf(row), row.event, row.ref ?? '', row.role, row.why]),
    ),
    ...section(
      'Findings',
      ['severity', 'ID', 'place', 'finding', 'remedy'],
      findings.slice(0, MAX_ROWS).map(cellsOf),
    ),
    ...section(
      'Let in without asking',
      ['role and jobs'],
      uninvitedLines(uninvited).map((line) => [line]),
    ),
    ...section(
      'Not read or not understood',
      ['place', 'what'],
      gaps.slice(0, MAX_ROWS).map(({ file, line, what }) => [`${file}:${line}`, what]),
    ),
    '',
  ].join('\n');
}

function cellsOf({ severity, id, file, line, message, remedy }: Finding): string[] {
  return [severity, id, `${file}:${line}`, message, remedy];
}

/** One line for each job and event, one column for each role. */
function matrix(rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['No job assumes a role with its OIDC token.', ''];
  const roles = [...new Set(rows.map(({ role }) => role))];
  const jobs = new Map<string, Row[]>();
  for (const row of rows) {
    const place = [row.ref, row.environment].filter((part) => part !== null).join(', ');
    const key = [nameOf(row), row.event, place].join('\n');
    jobs.set(key, [...(jobs.get(key) ?? []), row]);
  }
  const lines = [...jobs]
    .slice(0, MAX_ROWS)
    .map(([key, own]) => [
      ...key.split('\n'),
      ...roles.map((role) => verdictOf(own.filter((row) => row.role === role))),
    ]);
  return [...table(['job', 'event', 'ref and environment', ...roles], lines), ''];
}

/** The verdict on several rows: that of each format, where they differ. */
function verdictOf(rows: readonly Row[]): string {
  const verdicts = [...new Set(rows.map(({ verdict }) => verdict))];
  if (verdicts.length < 2) return verdicts.map((verdict) => SIGNS[verdict]).join();
  const formats = new Set(rows.map(({ format }) => format));
  if (formats.size < 2) return SIGNS[WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? 'unknown'];
  return [...formats]
    .map((format) => `${format}: ${verdictOf(rows.filter((row) => row.format === format))}`)
    .join('; ');
}

/** Nodes go by number, and what they show is in quotes, so that no name can be read as a command. */
function graph(rows: readonly Row[]): string[] {
  const edges = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify([nameOf(row), row.role]);
    edges.set(key, [...(edges.get(key) ?? []), row]);
  }
  if (edges.size === 0 || edges.size > MAX_EDGES) return [];
  const numbers = new Map<string, number>();
  const node = (text: string, shape: (label: string) => string) => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return `n${number}${shape(escapeLabel(text))}`;
  };
  const lines = [...edges].map(([key, own]) => {
    const [job, role] = JSON.parse(key) as [string, string];
    const verdict = WORST_FIRST.find((one) => own.some((row) => row.verdict === one)) ?? 'unknown';
    const arrow = verdict === 'allowed' ? '-->' : `-.->|${verdict}|`;
    return `  ${node(job, (label) => `["${label}"]`)} ${arrow} ${node(role, (label) => `(["${label}"])`)}`;
  });
  return ['```mermaid', 'graph LR', ...lines, '```', ''];
}

function section(title: string, head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, '', ...table(head, lines), ''];
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...lines.map((cells) => cells.map(escapeText))].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** Text on one line of Markdown, none of it markup. */
function escapeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/[\\|<>`*_[\]]/g, '\\$&');
}

/** Text of a label; `%%{` and the like have a meaning in Mermaid even in quotes. */
function escapeLabel(text: string): string {
  return text.replaceAll(/[^\w .:/+=,@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
