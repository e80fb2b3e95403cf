import { describe, expect, test } from '@jest/globals';
import { select } from '../../../src/config/selection.ts';

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
  });

  test('patterns add only what is there by default, and a name adds all', () => {
    const leaves = NAMES.filter((name) => name !== 'hub');
    expect(selected('*', leaves)).toEqual(leaves);
    expect(selected(undefined, leaves)).toEqual(leaves);
    expect(selected('h*', leaves)).toEqual([]);
    expect(selected('hub stage', leaves)).toEqual(['hub', 'stage']);
  });
});
