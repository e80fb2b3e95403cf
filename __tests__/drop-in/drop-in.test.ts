import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { documentedIds, everywhereIds, explain } from './differences.ts';
import { observe } from './observe.ts';
import { DELIVERY } from './situations/delivery.ts';
import { IDENTITY } from './situations/identity.ts';
import { SESSION } from './situations/session.ts';
import { STEPS } from './situations/steps.ts';

const root = path.resolve(import.meta.dirname, '../..');
const PEER = '../shared/peer';
const SITUATIONS = [...IDENTITY, ...SESSION, ...DELIVERY, ...STEPS];
const documented = documentedIds(root);

const there = existsSync(path.join(root, PEER, 'action.yml'));
if (!there) console.log(`Skipped: there is no built aws-actions/configure-aws-credentials at ${PEER}.`);
const group = there ? describe : describe.skip;

const occurred = new Set<string>();
let played = 0;

group('the same inputs, through the action that this one replaces and through ours', () => {
  test.concurrent.each(SITUATIONS.map((situation) => [situation.name, situation] as const))(
    '%s',
    async (_name, situation) => {
      const peer = await observe(PEER, situation);
      const ours = await observe('.', situation);
      const { ids, unexplained, idle } = explain(situation, peer, ours);
      for (const id of ids) occurred.add(id);
      played++;
      expect({ unexplained, idle }).toEqual({ unexplained: [], idle: [] });
    },
  );

  test('what is said to differ stands in docs/migration.md', () => {
    const named = SITUATIONS.flatMap(({ differs = {} }) => Object.keys(differs));
    const missing = [...new Set([...named, ...everywhereIds])].filter((id) => !documented.includes(id));
    expect(missing).toEqual([]);
  });

  test('what stands in docs/migration.md was seen to differ', () => {
    // A choice of situations with -t sees a part of it alone.
    if (played < SITUATIONS.length) return;
    expect(documented.filter((id) => !occurred.has(id))).toEqual([]);
  });
});

test('situations have names of their own, and are at least 80', () => {
  const names = SITUATIONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThanOrEqual(80);
});
