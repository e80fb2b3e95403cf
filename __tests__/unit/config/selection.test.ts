import { describe, expect, test } from '@jest/globals';
import { faultOf, select } from '../../../src/config/selection.ts';

const NAMES = ['hub', 'prod-eu', 'prod-us', 'stage', 'sandbox-a', '!odd'];
const selected = (parts: string | undefined, byDefault?: readonly string[]) => [
  ...select(parts?.split(' '), NAMES, byDefault).selected,
];

describe('names and patterns', () => {
  test.each<[string | undefined, string[]]>([
    [undefined, NAMES],
    ['stage prod-eu', ['prod-eu', 'stage']],
    ['prod-*', ['prod-eu', 'prod-us']],
    ['prod-* !prod-us', ['prod-eu']],
    ['!prod-us prod-*', ['prod-eu']],
    ['!sandbox-* !hub', ['prod-eu', 'prod-us', 'stage', '!odd']],
    ['prod-?? stage', ['prod-eu', 'prod-us', 'stage']],
    ['hub !hub', []],
    ['!odd', ['!odd']],
  ])('%s', (parts, expected) => expect(selected(parts)).toEqual(expected));

  test('what names nothing is known', () => {
    const { unknown } = select(['prd-*', 'prod', '!sandbx', '!old-*', 'hub'], NAMES);
    expect(unknown).toEqual(['prd-*', 'prod', '!sandbx']);
    expect(select(undefined, NAMES).unknown).toEqual([]);
  });

  test.each([
    [['hub'], undefined],
    [['prd-*', 'hub', '!sandbx'], 'prd-*, !sandbx'],
    [['hub', '!hub'], 'hub, !hub, which selects no profile'],
  ])('%j has the fault %s', (parts, fault) => expect(faultOf(parts, select(parts, NAMES))).toBe(fault));

  test('patterns add only what is there by default, and a name adds all', () => {
    const leaves = NAMES.filter((name) => name !== 'hub');
    expect(selected('*', leaves)).toEqual(leaves);
    expect(selected(undefined, leaves)).toEqual(leaves);
    expect(selected('h*', leaves)).toEqual([]);
    expect(selected('hub stage', leaves)).toEqual(['hub', 'stage']);
  });
});
