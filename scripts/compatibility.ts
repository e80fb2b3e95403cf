/** Writes docs/compatibility.md from what the clients did in the tests. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLIENTS, type Client } from '../__tests__/clients/clients.ts';
import { type Fact, remembered } from '../__tests__/clients/seen.ts';
import { fill } from './docs.ts';
import { root } from './tools.ts';

const PAGE = path.join(root, 'docs/compatibility.md');
/** The facts about a client, and their columns. */
const COLUMNS = {
  variables: 'variables',
  profile: 'profile',
  process: '`refresh: process`',
  'refresh: process': 'for a minute',
  broker: '`refresh: broker`',
  'refresh: broker': 'for a minute',
} as const;

/**
 * The page with the tables about clients. A client that did not run keeps its row.
 *
 * @param page the page so far
 */
export function renderCompatibility(
  page: string,
  clients: readonly Client[],
  facts: readonly Fact[],
): string {
  const sorted = clients.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
  const rows = sorted.map((client) => rowOf(client, facts) ?? rowIn(page, client));
  const exceptions = sorted.flatMap(({ name, cannot = {} }) =>
    Object.entries(cannot).map(([kind, instead]) => [name, COLUMNS[kind as keyof typeof cannot], instead]),
  );
  const works = table(['client', 'version', ...Object.values(COLUMNS)], rows);
  return fill(
    fill(page, 'clients', works),
    'exceptions',
    table(['client', 'fails with', 'reason'], exceptions),
  );
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowOf({ name, cannot = {} }: Client, facts: readonly Fact[]): string[] | undefined {
  const own = facts.filter(({ client }) => client === name);
  if (own.length === 0) return undefined;
  const version = own.find((fact) => fact.version !== undefined)?.version ?? '';
  const cells = Object.keys(COLUMNS).map((what) => {
    const fact = own.find((one) => one.what === what);
    if (fact !== undefined) return fact.works ? 'works' : 'fails';
    return what.replace('refresh: ', '') in cannot ? 'fails' : 'not tested';
  });
  return [name, version, ...cells];
}

function rowIn(page: string, { name }: Client): string[] {
  const row = page.split('\n').find((line) => line.startsWith(`| ${name} | `));
  const cells = row?.split('|').slice(1, -1);
  return cells?.map((text) => text.trim()) ?? [name, '', ...Object.keys(COLUMNS).map(() => 'not tested')];
}

/**
 * Compares the page with what the clients did, or writes it.
 *
 * @throws Error if the page differs
 */
export function updateCompatibility(write: boolean): void {
  const page = readFileSync(PAGE, 'utf8');
  const rendered = renderCompatibility(page, CLIENTS, remembered());
  if (rendered === page) return;
  if (!write)
    throw new Error(
      'docs/compatibility.md differs from what the clients did. Run "npm run clients -- --write".',
    );
  writeFileSync(PAGE, rendered);
  console.log('docs/compatibility.md has been written.');
}
