import { describe, expect, test } from '@jest/globals';
import { customTags } from '../../../src/config/tags.ts';

const tag = (key: string, value: string) => ({ key, value, optional: false });
const objectOf = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`Key${at}`, 'x'])));

describe('custom tags', () => {
  test.each<[string, object[]]>([
    ['{}', []],
    ['[]', []],
    [
      '{"Team": "payments", "Count": 2, "Final": true, "Empty": ""}',
      [tag('Team', 'payments'), tag('Count', '2'), tag('Final', 'true'), tag('Empty', '')],
    ],
    [
      '[{"Key": "Team", "Value": "payments"}, {"Value": "b", "Key": "a"}]',
      [tag('Team', 'payments'), tag('a', 'b')],
    ],
    ['{"späß 1_.:/=+-@": "späß 1_.:/=+-@"}', [tag('späß 1_.:/=+-@', 'späß 1_.:/=+-@')]],
    ['{"k": "aws:x", "x aws:": "v"}', [tag('k', 'aws:x'), tag('x aws:', 'v')]],
  ])('%s', (json, value) => {
    expect(customTags(json)).toEqual({ value });
  });

  test('may have the lengths and the number that STS accepts', () => {
    const [key, value] = ['k'.repeat(128), 'v'.repeat(256)];
    expect(customTags(JSON.stringify({ [key]: value }))).toEqual({ value: [tag(key, value)] });
    expect(customTags(objectOf(50))).toHaveProperty('value.length', 50);
  });
});

describe('what is no list of tags', () => {
  test.each([
    'Team=payments',
    'null',
    '"Team"',
    '{"Team": null}',
    '{"Team": ["payments"]}',
    '{"Team": {"Value": "payments"}}',
    '[null]',
    '["Team"]',
    '[{"Key": "Team"}]',
    '[{"Value": "payments"}]',
    '[{"Key": "Team", "Value": 1}]',
    '{"Stage": "prod", "Team": null}',
  ])('%s', (json) => {
    expect(customTags(json)).toEqual({
      expected: 'JSON with strings as keys and values',
      found: undefined,
      remedy: 'Write the tags as a JSON object, such as {"Team": "payments", "Stage": "prod"}.',
    });
  });
});

describe('tags that STS does not accept', () => {
  const LENGTHS = 'keys of 1 to 128 and values of at most 256 characters';
  const CHARACTERS = 'letters, digits, spaces and any of _.:/=+-@';
  const PREFIX = 'keys that do not begin with aws:, which is reserved';
  const TWICE = 'keys that differ by more than letter case';

  test.each([
    ['{"": "x"}', LENGTHS, ' = x'],
    [`{"${'k'.repeat(129)}": "x"}`, LENGTHS, `${'k'.repeat(129)} = x`],
    [`{"k": "${'v'.repeat(257)}"}`, LENGTHS, `k = ${'v'.repeat(257)}`],
    ['{"#k": "v"}', CHARACTERS, '#k = v'],
    ['{"k": "a, b"}', CHARACTERS, 'k = a, b'],
    ['{"ok": "v", "k": "🙂"}', CHARACTERS, 'k = 🙂'],
    ['{"aws:k": "v"}', PREFIX, 'aws:k = v'],
    ['{"AWS:k": "v"}', PREFIX, 'AWS:k = v'],
    ['{"team": "a", "Team": "b"}', TWICE, 'Team = b'],
    ['[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]', TWICE, 'a = 2'],
    [objectOf(51), 'at most 50 tags', '51 tags'],
  ])('%s', (json, expected, found) => {
    expect(customTags(json)).toMatchObject({ expected, found });
  });
});
