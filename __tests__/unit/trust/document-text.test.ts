import { describe, expect, test } from '@jest/globals';
import { ambiguityIn } from '../../../src/trust/document-text.ts';

describe('JSON without ambiguity', () => {
  test.each([
    '{}',
    '"a"',
    '[]',
    '{"a":1,"b":2}',
    '{"a":{"a":{"a":1}}}',
    '{"a":1,"A":2}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '[{"a":1},{"a":1}]',
    '{"a":["b","b"],"b":1}',
    '{"a":["a","a",["a"]],"b":{"a":1}}',
    '{"a":{"b":1},"b":2}',
    '{"a":[1,{"b":1},"c"],"c":2}',
    String.raw`{"a\"":1,"a":2}`,
    String.raw`{"a\\":1,"a":2}`,
    '{"a":"{,\\"a\\":[","b":"}]"}',
    `${'['.repeat(32)}${']'.repeat(32)}`,
    `[${'[],'.repeat(100)}[]]`,
  ])('%s', (text) => {
    JSON.parse(text);
    expect(ambiguityIn(text)).toBeUndefined();
  });
});

describe('a duplicate key', () => {
  test.each<[string, number]>([
    ['{"a":1,"a":1}', 1],
    ['{"a":1,"b":2,"a":3}', 1],
    ['{"a" : {}, "a" : {}}', 1],
    ['{"a":["x"],"a":1}', 1],
    ['{"a":[{}],"a":1}', 1],
    ['{"a":"{","a":1}', 1],
    ['[1,{"a":1,"a":2}]', 1],
    ['{"b":{"a":1,"a":2}}', 1],
    [String.raw`{"a":1,"\u0061":2}`, 1],
    [String.raw`{"\\":1,"\\":2}`, 1],
    ['{\n"a":1,\n"b":\n[\n],"a":1\n}', 5],
    ['\n\n{"a":1,"a":2}\n', 3],
  ])('%j is on line %i', (text, line) => {
    JSON.parse(text);
    expect(ambiguityIn(text)).toBe(`line ${line}: a duplicate key`);
  });
});

describe('deep nesting', () => {
  test.each([
    `\n${'['.repeat(33)}${']'.repeat(33)}`,
    `\n${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
    `\n${'[{"a":'.repeat(17)}1${'}]'.repeat(17)}`,
  ])('%j', (text) => {
    JSON.parse(text);
    expect(ambiguityIn(text)).toBe('line 2: nesting of more than 32 levels');
  });
});
