/**
 * Writes the scores of the last `npm run mutants` and `npm run mistakes` into `docs/quality.md`. Both call it at their end.
 *
 *     node scripts/quality.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MISTAKES } from '../__tests__/mistakes.ts';
import { fill } from './docs.ts';
import { EXPLAINED, type Explanation } from './mutants/explained.ts';
import { root } from './tools.ts';

/** The share of mutants that the unit tests have to find, in percent. */
export const WANTED_PERCENT = 90;

export const MUTANTS_REPORT = '.cache/mutants/report.json';
const MISTAKES_REPORT = '.cache/mistakes.json';

/** The part of Stryker's report that is read here; see "mutation-testing-report-schema". */
export interface MutantsReport {
  readonly files: Readonly<Record<string, ReportedFile>>;
}

interface ReportedFile {
  readonly source: string;
  readonly mutants: readonly ReportedMutant[];
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | string;
  readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
  readonly line: number;
  readonly column: number;
}

interface Counts {
  readonly killed: number;
  /** Survivors with an entry in `explained.ts`. */
  readonly explained: number;
  readonly survived: number;
}

/** Whether mistakes were found, in the order of `__tests__/mistakes.ts`. */
type MistakesReport = readonly { readonly name: string; readonly killed: boolean }[];

/** A mutant that no test finds. */
export interface Survivor {
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly from: string;
  readonly to: string;
}

export function survivorsOf(report: MutantsReport): readonly Survivor[] {
  return Object.entries(report.files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map(({ mutatorName, replacement = '', location: { start, end } }) => ({
        file,
        line: start.line,
        mutator: mutatorName,
        from: textBetween(lines, start, end),
        to: replacement,
      }));
  });
}

function textBetween(lines: readonly string[], start: Position, end: Position): string {
  const taken = lines.slice(start.line - 1, end.line);
  const last = taken.length - 1;
  // The end first: both can be in one line.
  return taken
    .map((line, index) => (index === last ? line.slice(0, end.column - 1) : line))
    .map((line, index) => (index === 0 ? line.slice(start.column - 1) : line))
    .join('\n');
}

/** The entry that says why no test finds this mutant. */
export function explanationOf(survivor: Survivor): Explanation | undefined {
  return EXPLAINED.find(({ file, mutator, from, to }) => {
    const matches = (wanted: string | RegExp | undefined, text: string) =>
      wanted === undefined || (typeof wanted === 'string' ? wanted === text : wanted.test(text));
    return (
      matches(file, survivor.file) &&
      matches(mutator, survivor.mutator) &&
      matches(from, survivor.from) &&
      matches(to, survivor.to)
    );
  });
}

/** Killed and surviving mutants of each room. */
export function countByRoom(report: MutantsReport): ReadonlyMap<string, Counts> {
  const rooms = new Map<string, Counts>();
  const add = (file: string, more: Partial<Counts>) => {
    const [, room = ''] = file.split('/');
    const { killed, explained, survived } = rooms.get(room) ?? { killed: 0, explained: 0, survived: 0 };
    rooms.set(room, {
      killed: killed + (more.killed ?? 0),
      explained: explained + (more.explained ?? 0),
      survived: survived + (more.survived ?? 0),
    });
  };
  for (const [file, { mutants }] of Object.entries(report.files))
    add(file, { killed: mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length });
  for (const survivor of survivorsOf(report)) {
    add(survivor.file, { survived: 1, explained: explanationOf(survivor) === undefined ? 0 : 1 });
  }
  return rooms;
}

const percentOf = ({ killed, survived }: Counts) => (100 * killed) / (killed + survived || 1);

export function total(rooms: ReadonlyMap<string, Counts>): Counts {
  const sum = (key: keyof Counts) => [...rooms.values()].reduce((all, counts) => all + counts[key], 0);
  return { killed: sum('killed'), explained: sum('explained'), survived: sum('survived') };
}

function mutantsTable(report: MutantsReport): string {
  const rooms = countByRoom(report);
  const row = (name: string, counts: Counts) =>
    `| ${name} | ${counts.killed} | ${counts.survived} | ${counts.explained} | ${percentOf(counts).toFixed(1)} % |`;
  return [
    '| room | killed | survived | of these explained | score |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...[...rooms].sort().map(([room, counts]) => row(`\`${room}\``, counts)),
    row('**all**', total(rooms)),
  ].join('\n');
}

function explanationsTable(report: MutantsReport): string {
  const counts = new Map<Explanation, number>(EXPLAINED.map((one) => [one, 0]));
  for (const survivor of survivorsOf(report)) {
    const explanation = explanationOf(survivor);
    if (explanation !== undefined) counts.set(explanation, (counts.get(explanation) ?? 0) + 1);
  }
  // In the order of the explanations, as that of the report differs between a whole run and one of what changed.
  const rows = [...counts]
    .filter(([, count]) => count > 0)
    .map(([{ what, why }, count]) => `| ${what} | ${count} | ${why} |`);
  return ['| change | survivors | why no test finds it |', '| --- | ---: | --- |', ...rows].join('\n');
}

function mistakesTable(report: MistakesReport): string {
  const killed = report.filter((one) => one.killed).length;
  const survivors = report.filter((one) => !one.killed).map(({ name }) => `- ${name}`);
  return [
    `${killed} of ${report.length} mistakes killed.`,
    ...(survivors.length > 0 ? [''] : []),
    ...survivors,
  ].join('\n');
}

const readReport = async <T>(file: string): Promise<T | undefined> => {
  const text = await readFile(path.join(root, file), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

/** Writes what has been run; leaves the rest of the page as it is. */
export async function writeQuality(): Promise<void> {
  const page = path.join(root, 'docs/quality.md');
  let text = await readFile(page, 'utf8');
  const mutants = await readReport<MutantsReport>(MUTANTS_REPORT);
  if (mutants !== undefined) {
    text = fill(text, 'mutants', mutantsTable(mutants));
    text = fill(text, 'explained', explanationsTable(mutants));
  }
  const mistakes = await readReport<MistakesReport>(MISTAKES_REPORT);
  if (mistakes !== undefined) text = fill(text, 'mistakes', mistakesTable(mistakes));
  await writeFile(page, text);
}

/** Adds results to those of earlier runs, and writes the page if each mistake has one. */
export async function writeMistakes(results: MistakesReport): Promise<void> {
  const earlier = (await readReport<MistakesReport>(MISTAKES_REPORT)) ?? [];
  const byName = new Map([...earlier, ...results].map((one) => [one.name, one]));
  const last = MISTAKES.flatMap(({ name }) => byName.get(name) ?? []);
  await writeFile(path.join(root, MISTAKES_REPORT), JSON.stringify(last));
  if (last.length === MISTAKES.length) await writeQuality();
}

/** The share of mutants that the last run killed, in percent; undefined if there was no run. */
export async function mutantsScore(): Promise<number | undefined> {
  const report = await readReport<MutantsReport>(MUTANTS_REPORT);
  return report === undefined ? undefined : percentOf(total(countByRoom(report)));
}

/** The mutants that survived the last run although no entry of `explained.ts` says why. */
export async function unexplainedSurvivors(): Promise<readonly Survivor[]> {
  const report = await readReport<MutantsReport>(MUTANTS_REPORT);
  return survivorsOf(report ?? { files: {} }).filter((one) => explanationOf(one) === undefined);
}

if (import.meta.main) await writeQuality();
