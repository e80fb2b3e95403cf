import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ACTION, BLOCKS, EXAMPLES, OWN_USES, WORKFLOWS } from '../../support/documentation.ts';

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}

/** All steps anywhere in a document. */
function stepsIn(value: unknown): Step[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(stepsIn);
  return 'uses' in value ? [value as Step, ...below] : below;
}

describe.each([...EXAMPLES, ...WORKFLOWS, ...BLOCKS])('%s', (_place, text) => {
  const steps = stepsIn(parse(text));

  test('names inputs that the actions have', () => {
    const unknown = steps.flatMap(({ uses = '', with: given = {} }) => {
      const own = OWN_USES.exec(uses);
      if (own === null) return [];
      const [, folder] = own;
      const file = folder === undefined ? 'action.yml' : `${folder}/action.yml`;
      const { inputs = {} } = parse(readFileSync(file, 'utf8'));
      return Object.keys(given).filter((name) => !(name in inputs));
    });
    expect(unknown).toEqual([]);
  });

  test('pins the actions of others by commit', () => {
    const others = steps.flatMap(({ uses = '' }) =>
      [`${ACTION}/`, `${ACTION}@`, './', 'docker://'].some((begin) => uses.startsWith(begin)) ? [] : [uses],
    );
    expect(others.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });
});
