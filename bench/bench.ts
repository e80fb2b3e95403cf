/**
 * `npm run bench`: measures whole processes, one after the other in each round. Each figure has a ratio to a baseline: a
 * bare Node process that makes the same requests. Compare figures of the same run only.
 *
 *     npm run bench -- --rounds 30
 *     npm run bench -- --quick                              measures 5 rounds
 *     npm run bench -- --write                              also writes docs/performance.md and its chart
 *     PEER_ACTION=/path/to/dist/index.js npm run bench      also measures another action
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startLab } from '../lab/lab.ts';
import { awsTrust } from '../lab/world.ts';
import { LATENCY_MS, measureGraph } from './graph.ts';
import { type Command, loadedBytes, main, measure, median, root, type Sample } from './measure.ts';
import { measureRefreshing } from './refreshing.ts';
import { OTHER_ACTION, type Row, renderTable, writeReport } from './report.ts';

const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';
const SPOKE = 'arn:aws:iam::222222222222:role/deploy';
const LAST = 'arn:aws:iam::333333333333:role/last';

interface Case extends Command {
  readonly name: string;
  /** The case that makes the same requests and does nothing more. */
  readonly baseline: string;
  /** Whether the process waits on purpose, so that its time says nothing about its work. */
  readonly waits?: true;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    quick: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
const rounds = values.quick ? 5 : Number(values.rounds);

const one = { 'role-to-assume': DEPLOY };
const chain = { 'role-to-assume': HUB, 'role-chain': `${SPOKE}\n${LAST}` };
const bare = path.join(root, 'bench/bare.mjs');
const NOTHING = 'Node doing nothing';
const BARE = 'bare Node, one role';
const BARE_CHAIN = 'bare Node, three chained roles';
const cases: readonly Case[] = [
  { name: NOTHING, baseline: NOTHING, command: ['-e', '0'] },
  { name: BARE, baseline: BARE, command: [bare], inputs: one },
  {
    name: BARE_CHAIN,
    baseline: BARE_CHAIN,
    command: [bare],
    inputs: { 'role-to-assume': HUB },
    env: { BENCH_CHAIN: `${SPOKE} ${LAST}` },
  },
  {
    name: 'loading only: an input that is not valid',
    baseline: NOTHING,
    command: [main],
    inputs: { 'aws-region': '?' },
  },
  { name: 'one OIDC role', baseline: BARE, command: [main], inputs: one },
  ...(process.env.PEER_ACTION
    ? [{ name: OTHER_ACTION, baseline: BARE, command: [process.env.PEER_ACTION], inputs: one }]
    : []),
  { name: 'three chained roles', baseline: BARE_CHAIN, command: [main], inputs: chain },
  {
    name: 'a denied role with its diagnosis',
    baseline: BARE,
    command: [main],
    inputs: { 'role-to-assume': `${DEPLOY}-denied`, 'disable-retry': 'true' },
  },
  {
    name: 'the same with two retries',
    baseline: BARE,
    waits: true,
    command: [main],
    inputs: { 'role-to-assume': `${DEPLOY}-denied` },
  },
];

const lab = await startLab();
lab.world.accounts['333333333333']?.roles.push({ name: 'last', trustPolicy: awsTrust(SPOKE) });
const folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
const samples = new Map<Case, Sample[]>(cases.map((entry) => [entry, []]));
const loaded = new Map<string, number>();
try {
  const graph = await measureGraph(HUB, folder, values.quick ? 1 : 3);
  const refresh = await measureRefreshing(lab, one, rounds);
  for (let round = 0; round <= rounds; round++) {
    for (const entry of cases) {
      const sample = await measure(entry, lab, folder);
      if (round > 0) samples.get(entry)?.push(sample); // The first round warms the disk cache.
    }
  }
  for (const entry of cases) loaded.set(entry.name, await loadedBytes(entry, lab, folder));

  const medians = [...samples].map(([{ name, baseline, waits = false }, taken]) => ({
    name,
    baseline,
    waits,
    milliseconds: median(taken.map((sample) => sample.milliseconds)),
    megabytes: median(taken.map((sample) => sample.peakKilobytes)) / 1024,
  }));
  const rows = medians.map((row): Row => {
    const baseline = medians.find(({ name }) => name === row.baseline);
    return {
      ...row,
      timeRatio: row.milliseconds / (baseline?.milliseconds ?? Number.NaN),
      memoryRatio: row.megabytes / (baseline?.megabytes ?? Number.NaN),
      loadedKilobytes: (loaded.get(row.name) ?? 0) / 1024,
    };
  });
  const report = { rounds, rows, graph, latencyMs: LATENCY_MS, refresh, bundles: await bundles() };
  console.log(renderTable(report));
  if (values.write) await writeReport(report);
} finally {
  await lab.close();
  await rm(folder, { recursive: true });
}

/** The kilobytes of each program: of its first file, and of all files including lazy chunks. */
async function bundles(): Promise<{ name: string; first: number; all: number }[]> {
  const entries = (await readdir(path.join(root, 'dist'))).toSorted();
  return Promise.all(
    entries.map(async (name) => {
      const files = (await readdir(path.join(root, 'dist', name))).filter((file) => file.endsWith('.js'));
      const sizes = await Promise.all(
        files.map(async (file) => (await stat(path.join(root, 'dist', name, file))).size / 1024),
      );
      return {
        name,
        first: sizes[files.indexOf('index.js')] ?? 0,
        all: sizes.reduce((sum, size) => sum + size, 0),
      };
    }),
  );
}
