import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

/** The rooms of `src/` from the ground up: a file imports from its own room and from those before it (docs/architecture.md). */
const FLOORS = [
  'platform',
  'aws',
  'shared-config',
  'config',
  'plan',
  'identity',
  'sts',
  'session',
  'trust',
  'diagnosis',
  'audit',
  'refresh',
  'delivery',
  'actions',
  'entry',
];

const SRC = path.resolve(import.meta.dirname, '../../src');

interface Import {
  readonly from: string;
  /** A path below `src/`, or the name of a package. */
  readonly to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*'([^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => ({
    from: file,
    to: specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : specifier,
  }));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);
const internal = imports.filter(({ to }) => files.includes(to));
const roomOf = (file: string) => file.split('/')[0] ?? '';
const show = ({ from, to }: Import) => `${from} imports ${to}`;

test('every import of a file of ours is found', () => {
  expect(internal.length).toBeGreaterThan(500);
  expect(imports.filter(({ to }) => to.endsWith('.ts') && !files.includes(to))).toEqual([]);
});

test('src/ has the rooms that are drawn, and nothing beside them', () => {
  expect(readdirSync(SRC).toSorted()).toEqual(FLOORS.toSorted());
  expect(FLOORS.length).toBeLessThanOrEqual(16);
});

test('no file imports from a room above its own', () => {
  const upwards = internal.filter(
    ({ from, to }) => FLOORS.indexOf(roomOf(to)) > FLOORS.indexOf(roomOf(from)),
  );
  expect(upwards.map(show)).toEqual([]);
});

test('no folder reaches itself by way of another', () => {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of internal) {
    const [source, target] = [path.posix.dirname(from), path.posix.dirname(to)];
    if (source !== target) next.set(source, (next.get(source) ?? new Set()).add(target));
  }
  const reachable = (folder: string) => {
    const seen = new Set<string>();
    const open = [folder];
    for (const at of open) {
      for (const target of next.get(at) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        open.push(target);
      }
    }
    return seen;
  };
  expect([...next.keys()].filter((folder) => reachable(folder).has(folder))).toEqual([]);
});

describe('packages stay in their rooms', () => {
  const users = (scope: string) =>
    new Set(imports.filter(({ to }) => to.startsWith(scope)).map(({ from }) => path.posix.dirname(from)));

  test('only platform/runner imports the toolkit, and only the audit its own packages', () => {
    const actions = new Set([...users('@actions/')].filter((folder) => folder !== 'audit/expressions'));
    expect([...actions]).toEqual(['platform/runner']);
    expect([...users('@actions/expressions')]).toEqual(['audit/expressions']);
    expect([...users('yaml')].every((folder) => folder.startsWith('audit/'))).toBe(true);
  });

  test('only sts/ imports the AWS SDK', () => {
    expect([...users('@aws-sdk/')]).toEqual(['sts']);
    expect([...users('@smithy/')]).toEqual(['sts']);
  });
});

test('the page reaches nothing of Node.js, and only the packages that read workflows', () => {
  const reached = new Set([path.resolve(SRC, '../site/src/main.ts')]);
  for (const file of reached) {
    if (!file.endsWith('.ts')) continue;
    // Imports of types do not reach the page.
    const statements = readFileSync(file, 'utf8').matchAll(/^import (?!type)[^;]*?from '([^']+)';$/gm);
    for (const [, to = ''] of statements)
      reached.add(to.startsWith('.') ? path.resolve(path.dirname(file), to) : to);
  }
  expect(reached).toContain(path.join(SRC, 'audit/read-workflows.ts'));
  expect([...reached].filter((file) => !file.endsWith('.ts')).toSorted()).toEqual([
    '@actions/expressions',
    '@actions/expressions/ast',
    '@actions/expressions/result',
    'yaml',
  ]);
});

test('programs that write to standard output for an SDK import nothing of @actions/core', () => {
  const reached = new Set(['entry/credential-process.ts', 'entry/broker.ts']);
  for (const file of reached) for (const { from, to } of internal) if (from === file) reached.add(to);
  expect(
    [...reached].filter((file) => imports.some(({ from, to }) => from === file && to === '@actions/core')),
  ).toEqual([]);
});
