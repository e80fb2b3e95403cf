/**
 * `npm run bench`: measures whole processes, one after the other in each round. Each figure has a ratio to a baseline: the
 * quickest process that does the same. Compare figures of the same run only. Time is that of the process alone; CPU time and
 * memory come from other runs, with a preload that reports them.
 *
 *     npm run bench -- --rounds 30
 *     npm run bench -- --quick                              measures 3 rounds
 *     npm run bench -- --write                              also writes docs/performance.md and its chart
 *     PEER_ACTION=/path/to/dist/index.js npm run bench      also measures another action
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startLab } from '../lab/lab.ts';
import { programFiles } from '../scripts/program-files.ts';
import { PROGRAMS } from '../src/entry/programs.ts';
import { allowLast, benchCases, type Case, DEPLOY, HUB } from './cases.ts';
import { LATENCY_MS, measureGraph } from './graph.ts';
import { loadedBytes, measure, measureUsage, median, root, type Usage } from './measure.ts';
import { measureBroker, startCached } from './refreshing.ts';
import { startRemote } from './remote.ts';
import { type Row, renderTable, writeReport } from './report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    quick: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
const rounds = values.quick ? 3 : Number(values.rounds);

/** CPU time and memory differ less between rounds than time does. */
const USAGE_ROUNDS = 5;

interface Taken {
  readonly milliseconds: number[];
  readonly usage: Usage[];
}

const lab = await startLab();
allowLast(lab.world);
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const remote = await startRemote(lab);
const one = { 'role-to-assume': DEPLOY };
const cached = await startCached(lab, one);
try {
  const graph = await measureGraph(HUB, folder, values.quick ? 1 : 3);
  const broker = await measureBroker(lab, one);
  const cases = await benchCases({ lab, folder }, remote.env, cached);
  const samples = new Map<Case, Taken>(cases.map((entry) => [entry, { milliseconds: [], usage: [] }]));
  for (let round = 0; round <= rounds; round++) {
    for (const [entry, { milliseconds, usage }] of samples) {
      const taken = await measure(entry, lab, folder);
      if (round === 0) continue; // The first round warms the disk cache.
      milliseconds.push(taken.milliseconds);
      if (round <= USAGE_ROUNDS) usage.push(await measureUsage(entry, lab, folder));
    }
  }
  const medians = [...samples].map(([{ name, baseline, waits = false }, taken]) => ({
    name,
    baseline,
    waits,
    milliseconds: median(taken.milliseconds),
    cpuMilliseconds: median(taken.usage.map(({ cpuMicroseconds }) => cpuMicroseconds)) / 1000,
    megabytes: median(taken.usage.map(({ peakKilobytes }) => peakKilobytes)) / 1024,
  }));
  const rows: Row[] = [];
  for (const [index, row] of medians.entries()) {
    const baseline = medians.find(({ name }) => name === row.baseline) ?? row;
    rows.push({
      ...row,
      timeRatio: row.milliseconds / baseline.milliseconds,
      memoryRatio: row.megabytes / baseline.megabytes,
      loadedKilobytes: (await loadedBytes(cases[index] as Case, lab, folder)) / 1024,
    });
  }
  const sizes = { bundles: await bundles(), distKilobytes: await distKilobytes() };
  const report = { rounds, rows, graph, latencyMs: LATENCY_MS, broker, ...sizes };
  console.log(renderTable(report));
  if (values.write) await writeReport(report);
} finally {
  await cached.close();
  await remote.close();
  await lab.close();
  await rm(folder, { recursive: true });
}

/** The kilobytes of each program: of what it loads at its start, and with what it may load later. */
async function bundles(): Promise<{ name: string; first: number; all: number }[]> {
  return Promise.all(
    Object.keys(PROGRAMS)
      .toSorted()
      .map(async (name) => {
        const { first, all } = await programFiles(name);
        return { name, first: await kilobytes(first), all: await kilobytes(all) };
      }),
  );
}

async function distKilobytes(): Promise<number> {
  const entries = await readdir(path.join(root, 'dist'), { recursive: true, withFileTypes: true });
  return kilobytes(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name)),
  );
}

async function kilobytes(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}
