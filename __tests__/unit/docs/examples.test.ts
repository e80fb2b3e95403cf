import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { BLOCKS, EXAMPLES, WORKFLOWS } from '../../support/documentation.ts';

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
    for (const { uses = '', with: given = {} } of steps) {
      const [, folder] = /^OWNER\/assume-aws-roles(?:\/([a-z]+))?@v1$/.exec(uses) ?? [undefined, undefined];
      if (!/^OWNER\/assume-aws-roles(\/[a-z]+)?@v1$/.test(uses)) continue;
      const { inputs = {} } = parse(
        readFileSync(folder === undefined ? 'action.yml' : `${folder}/action.yml`, 'utf8'),
      );
      expect(Object.keys(given).filter((name) => !(name in inputs))).toEqual([]);
    }
  });

  test('pins the actions of others by commit', () => {
    const others = steps.flatMap(({ uses = '' }) =>
      uses.startsWith('OWNER/') || uses.startsWith('./') ? [] : [uses],
    );
    expect(others.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
  });
});
