import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bare, CHAIN, CHAIN_REMOTE, NOTHING, ONE, ONE_REMOTE, other } from './cases.ts';
import type { GraphFigures } from './graph.ts';
import { root } from './measure.ts';
import type { BrokerFigures } from './refreshing.ts';

export interface Row {
  readonly name: string;
  readonly baseline: string;
  /** Whether the process waits on purpose. */
  readonly waits: boolean;
  readonly milliseconds: number;
  readonly timeRatio: number;
  readonly cpuMilliseconds: number;
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
  readonly broker: BrokerFigures;
  /** All files of `dist/`, with the licence texts. */
  readonly distKilobytes: number;
  readonly bundles: readonly { readonly name: string; readonly first: number; readonly all: number }[];
}

/** The figures as Markdown tables, aligned for a terminal. */
export function renderTable(report: Report): string {
  return [
    `Medians of ${report.rounds} rounds. Each ratio is to a baseline: the quickest Node process that does the same, or Node doing nothing.`,
    table(
      ['case', 'ms', 'ratio', 'CPU ms', 'peak MB', 'ratio', 'loaded KB'],
      report.rows.map((row) => [
        row.name,
        row.milliseconds.toFixed(0),
        row.timeRatio.toFixed(2),
        row.cpuMilliseconds.toFixed(0),
        row.megabytes.toFixed(1),
        row.memoryRatio.toFixed(2),
        row.loadedKilobytes.toFixed(0),
      ]),
    ),
    table(['also measured', 'ms', 'ratio', 'to'], furtherFigures(report)),
    table(
      ['program', 'KB at start', 'KB with lazy chunks'],
      [
        ...report.bundles.map(({ name, first, all }) => [name, first.toFixed(0), all.toFixed(0)]),
        ['all, and the licence texts', '', report.distKilobytes.toFixed(0)],
      ],
    ),
  ].join('\n\n');
}

function furtherFigures({ rows, graph, latencyMs, broker }: Report): string[][] {
  const timeOf = (name: string) => rows.find((row) => row.name === name)?.milliseconds;
  /** A case in comparison with another one; none if one of them was not measured. */
  const compared = (what: string, to: string, [time, base]: readonly (number | undefined)[]) =>
    time === undefined || base === undefined
      ? []
      : [[what, time.toFixed(time < 10 ? 2 : 0), (time / base).toFixed(2), to]];
  const difference = (name: string, less: string) => (timeOf(name) ?? 0) - (timeOf(less) ?? 0);
  const deepest = 3 * latencyMs + (timeOf(ONE) ?? 0);
  return [
    ...[ONE, ONE_REMOTE].flatMap((name) => compared(name, other(name), [name, other(name)].map(timeOf))),
    ...compared('two more roles in a chain', 'the same of bare Node', [
      difference(CHAIN, ONE),
      difference(bare(CHAIN), bare(ONE)),
    ]),
    ...compared('the same remotely', 'the same of bare Node', [
      difference(CHAIN_REMOTE, ONE_REMOTE),
      difference(bare(CHAIN_REMOTE), bare(ONE_REMOTE)),
    ]),
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
    ...compared('twenty steps of configure-aws-credentials, without a hub', 'one step with profiles', [
      graph.otherSteps,
      graph.profiles,
    ]),
    ...compared('credential process, cached session', NOTHING, [
      timeOf('credential process, cached session'),
      timeOf(NOTHING),
    ]),
    ...compared('a request to the broker', 'a server that only answers', [broker.broker, broker.bare]),
  ];
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
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

const BAR = { height: 26, gap: 10, left: 300, width: 420, legend: 44 };

/** What a bar is about, with its color on light and dark pages. */
const KINDS = {
  baseline: { words: 'bare Node, or Node doing nothing', light: '#6e7781', dark: '#8b949e' },
  own: { words: 'this action', light: '#0969da', dark: '#4493f8' },
  other: { words: 'configure-aws-credentials', light: '#bc4c00', dark: '#db6d28' },
} as const;

function kindOf({ name, baseline }: Row): keyof typeof KINDS {
  if (name.startsWith(other(''))) return 'other';
  return name === baseline ? 'baseline' : 'own';
}

/** A bar chart of the milliseconds with their ratios and a legend. A process that waits on purpose has no bar. */
export function renderChart(all: readonly Row[]): string {
  const rows = all.filter(({ waits }) => !waits);
  const kinds = [...new Set(rows.map(kindOf))];
  const longest = Math.max(...rows.map(({ milliseconds }) => milliseconds));
  const height = BAR.legend + rows.length * (BAR.height + BAR.gap) + BAR.gap;
  const legend = kinds.map((kind, index) => {
    const x = 20 + index * 270;
    return [
      `  <rect class="${kind}" x="${x}" y="14" width="16" height="16" rx="3"/>`,
      `  <text x="${x + 24}" y="27">${KINDS[kind].words}</text>`,
    ].join('\n');
  });
  const bars = rows.map((row, index) => {
    const { name, baseline, milliseconds, timeRatio } = row;
    const y = BAR.legend + BAR.gap + index * (BAR.height + BAR.gap);
    const width = Math.max(2, (milliseconds / longest) * BAR.width);
    const label = `${milliseconds.toFixed(0)} ms${baseline === name ? '' : `, ${timeRatio.toFixed(2)} × ${baseline}`}`;
    return [
      `  <text x="${BAR.left - 10}" y="${y + 18}" text-anchor="end">${escapeXml(name)}</text>`,
      `  <rect class="${kindOf(row)}" x="${BAR.left}" y="${y}" width="${width.toFixed(1)}" height="${BAR.height}" rx="3"/>`,
      `  <text x="${(BAR.left + width + 8).toFixed(1)}" y="${y + 18}">${escapeXml(label)}</text>`,
    ].join('\n');
  });
  const total = BAR.left + BAR.width + 290;
  const fills = (scheme: 'light' | 'dark') =>
    Object.entries(KINDS)
      .map(([kind, colors]) => `.${kind} { fill: ${colors[scheme]} }`)
      .join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${height}" width="${total}" height="${height}" role="img" aria-label="Bar chart: milliseconds of whole processes">`,
    `  <style>text { font: 13px system-ui, sans-serif; fill: #57606a } ${fills('light')} @media (prefers-color-scheme: dark) { text { fill: #c9d1d9 } ${fills('dark')} }</style>`,
    ...legend,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
