import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GraphFigures } from './graph.ts';
import { root } from './measure.ts';
import type { RefreshFigures } from './refreshing.ts';

export interface Row {
  readonly name: string;
  readonly baseline: string;
  readonly milliseconds: number;
  readonly timeRatio: number;
  readonly megabytes: number;
  readonly memoryRatio: number;
  /** The modules that the process loads, without those of Node. */
  readonly loadedKilobytes: number;
}

export interface Report {
  readonly rounds: number;
  readonly rows: readonly Row[];
  readonly graph: GraphFigures;
  readonly latencyMs: number;
  readonly refresh: RefreshFigures;
  readonly bundles: readonly { readonly name: string; readonly first: number; readonly all: number }[];
}

/** The figures as Markdown tables, aligned for a terminal. */
export function renderTable(report: Report): string {
  return [
    `Medians of ${report.rounds} rounds. Each ratio is to a baseline: a bare Node process that makes the same requests, or Node doing nothing.`,
    table(
      ['case', 'ms', 'ratio', 'peak MB', 'ratio', 'loaded KB'],
      report.rows.map((row) => [
        row.name,
        row.milliseconds.toFixed(0),
        row.timeRatio.toFixed(2),
        row.megabytes.toFixed(1),
        row.memoryRatio.toFixed(2),
        row.loadedKilobytes.toFixed(0),
      ]),
    ),
    table(['also measured', 'ms', 'ratio', 'to'], furtherFigures(report)),
    table(
      ['program', 'KB at start', 'KB with lazy chunks'],
      report.bundles.map(({ name, first, all }) => [name, first.toFixed(0), all.toFixed(0)]),
    ),
  ].join('\n\n');
}

function furtherFigures({ rows, graph, latencyMs, refresh }: Report): string[][] {
  const nothing = rows[0]?.milliseconds ?? 0;
  const one = rows.find(({ name }) => name === 'one OIDC role')?.milliseconds ?? 0;
  const deepest = 3 * latencyMs + one;
  return [
    [
      `twenty profiles behind a hub, ${latencyMs} ms latency`,
      graph.profiles.toFixed(0),
      (graph.profiles / deepest).toFixed(2),
      `three latencies and one OIDC role (${deepest.toFixed(0)} ms)`,
    ],
    [
      'the same in twenty steps',
      graph.steps.toFixed(0),
      (graph.steps / graph.profiles).toFixed(1),
      'one step with profiles',
    ],
    [
      'credential process, cached session',
      refresh.cached.toFixed(0),
      (refresh.cached / refresh.nothing).toFixed(2),
      'Node doing nothing',
    ],
    [
      'a request to the broker',
      refresh.broker.toFixed(2),
      (refresh.broker / nothing).toFixed(3),
      'Node doing nothing',
    ],
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Writes the figures into `docs/performance.md`, and the chart into `docs/performance.svg`. */
export async function writeReport(report: Report): Promise<void> {
  const file = path.join(root, 'docs/performance.md');
  const page = await readFile(file, 'utf8');
  const block = /(<!-- figures:start -->\n)[\s\S]*?(<!-- figures:end -->)/;
  await writeFile(
    file,
    page.replace(block, (_all, start, end) => `${start}${renderTable(report)}\n${end}`),
  );
  await writeFile(path.join(root, 'docs/performance.svg'), renderChart(report.rows));
}

const BAR = { height: 26, gap: 10, left: 240, width: 460 };

/** A bar chart of the milliseconds with their ratios, for light and dark pages. */
function renderChart(rows: readonly Row[]): string {
  const longest = Math.max(...rows.map(({ milliseconds }) => milliseconds));
  const height = rows.length * (BAR.height + BAR.gap) + BAR.gap;
  const bars = rows.map(({ name, baseline, milliseconds, timeRatio }, index) => {
    const y = BAR.gap + index * (BAR.height + BAR.gap);
    const width = Math.max(2, (milliseconds / longest) * BAR.width);
    const colour = baseline === name ? '#8b949e' : '#2f81f7';
    const label = `${milliseconds.toFixed(0)} ms${baseline === name ? '' : `, ${timeRatio.toFixed(2)} ×`}`;
    return [
      `  <text x="${BAR.left - 10}" y="${y + 18}" text-anchor="end">${escapeXml(name)}</text>`,
      `  <rect x="${BAR.left}" y="${y}" width="${width.toFixed(1)}" height="${BAR.height}" rx="3" fill="${colour}"/>`,
      `  <text x="${(BAR.left + width + 8).toFixed(1)}" y="${y + 18}">${label}</text>`,
    ].join('\n');
  });
  const total = BAR.left + BAR.width + 130;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" role="img" aria-label="Milliseconds of whole processes">`,
    '  <style>text { font: 13px sans-serif; fill: #57606a } @media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } }</style>',
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
