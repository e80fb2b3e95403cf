import { describe, expect, test } from '@jest/globals';
import { passes } from '../../../src/config/accounts-config.ts';
import { accountFilter, parent } from '../../../src/config/accounts-parsers.ts';

const linesOf = (...lines: string[]) =>
  lines.map((line) => {
    const parsed = accountFilter(line);
    if (!('value' in parsed)) throw new Error(`${line} is not valid`);
    return parsed.value;
  });

const VALUES: Readonly<Record<string, string>> = {
  name: 'prod-eu',
  id: '222222222222',
  'tag:stage': 'prod',
  'tag:a b': '',
};

describe('account-filter', () => {
  test.each<[string[], boolean]>([
    [[], true],
    [['name=prod-*'], true],
    [['name=Prod-*'], false],
    [['name=prod'], false],
    [['name=dev', 'name=prod-eu'], true],
    [['name=prod-*', 'tag:stage=dev'], false],
    [['name=prod-*', 'tag:stage=pr?d'], true],
    [['!name=*-eu'], false],
    [['! name = *-us'], true],
    [['tag:owner=*'], false],
    [['!tag:owner=*'], true],
    [['tag:a b='], true],
    [['id=222222222222', '!tag:stage=prod'], false],
  ])('%j: %s', (lines, expected) =>
    expect(passes(linesOf(...lines), (subject) => VALUES[subject])).toBe(expected),
  );

  test.each(['prod-*', 'owner=x', '=x', 'tag:=x', '!!name=x'])('%s is not valid', (line) =>
    expect(accountFilter(line)).not.toHaveProperty('value'),
  );
});

test.each([
  ['organization', true],
  ['ou-ab12-cdef3456', true],
  ['r-ab12', true],
  ['ou-ab12', false],
  ['OU-ab12-cdef3456', false],
  ['111111111111', false],
])('accounts-from: %s', (text, isValid) => expect('value' in parent(text)).toBe(isValid));
