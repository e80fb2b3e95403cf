import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { other } from '../../../bench/cases.ts';
import { type Row, renderChart } from '../../../bench/report.ts';

const row = (name: string, baseline: string, milliseconds: number, waits = false): Row => ({
  name,
  baseline,
  waits,
  milliseconds,
  timeRatio: 1.5,
  cpuMilliseconds: 30,
  megabytes: 50,
  memoryRatio: 1,
  loadedKilobytes: 10,
});
const ROWS = [row('bare', 'bare', 40), row('one OIDC role', 'bare', 80), row('late', 'bare', 900, true)];
const OTHER = row(other('one OIDC role'), 'bare', 160);
/** The widths of the bars. */
const widthsIn = (chart: string) =>
  [...chart.matchAll(/<rect class="(\w+)" x="300" y="\d+" width="([\d.]+)"/g)].map(([, kind, width]) => [
    kind,
    Number(width),
  ]);

test('a chart has a bar for each case that does not wait, and a legend of what the bars are', () => {
  const chart = renderChart([...ROWS, OTHER]);
  expect(widthsIn(chart)).toEqual([
    ['baseline', 105],
    ['own', 210],
    ['other', 420],
  ]);
  expect(chart).toContain('>80 ms, 1.50 × bare<');
  expect(chart).not.toContain('late');
  for (const words of ['bare Node, or Node doing nothing', 'this action', 'configure-aws-credentials'])
    expect(chart).toContain(`>${words}<`);
});

test('without a measurement of the other action, the legend has none', () => {
  expect(renderChart(ROWS)).not.toContain('>configure-aws-credentials<');
});

test('docs/performance.svg has a legend', () => {
  expect(readFileSync('docs/performance.svg', 'utf8')).toContain('>this action<');
});
