import { describe, expect, test } from '@jest/globals';
import { id, repository, variables } from '../../../src/config/audit-parsers.ts';

/** Whether a parser accepts a text. */
const accepts = (parsed: object) => 'value' in parsed;

describe('variables', () => {
  test.each([
    '{}',
    '{"vars": {}}',
    '{"vars": {"ROLE": "arn"}, "secrets": {"KEY": "x"}, "env": {"STAGE": "prod"}}',
    '{"inputs": {"stage": "prod", "count": 2, "dry": false}}',
    '{"environments": {}}',
    '{"environments": {"prod": {}, "dev": {"vars": {"ROLE": "a"}, "secrets": {"KEY": "b"}}}}',
  ])('%s is valid', (json) => {
    expect(variables(json)).toEqual({ value: JSON.parse(json) });
  });

  test.each([
    ['what is not JSON', '{'],
    ['no object', 'null'],
    ['no object', '"vars"'],
    ['a list', '[]'],
    ['an unknown context', '{"matrix": {}}'],
    ['a context without names', '{"vars": "ROLE"}'],
    ['a context that is null', '{"vars": null}'],
    ['a context that is a list', '{"vars": ["ROLE"]}'],
    ['a value that is an object', '{"vars": {"A": "x", "ROLE": {"arn": "x"}}}'],
    ['a value that is null', '{"secrets": {"A": "x", "KEY": null}}'],
    ['one wrong context of two', '{"vars": {"ROLE": "x"}, "env": 1}'],
    ['environments that are no object', '{"environments": []}'],
    ['environments that are null', '{"environments": null}'],
    ['an environment that is no object', '{"environments": {"dev": {}, "prod": "ROLE"}}'],
    ['a context that environments do not have', '{"environments": {"dev": {}, "prod": {"env": {}}}}'],
    ['environments in an environment', '{"environments": {"prod": {"environments": {}}}}'],
    ['a wrong value in an environment', '{"environments": {"prod": {"vars": {"ROLE": []}}}}'],
  ])('%s is not valid: %s', (_what, json) => {
    expect(variables(json)).toEqual({
      expected: 'a JSON object with vars, secrets, inputs, env and environments, whose values are text',
      remedy: 'Write an object such as {"vars": {"ROLE": "arn:aws:iam::111111111111:role/deploy"}}.',
    });
  });
});

test.each([
  ['octo-org/octo.app_1', true],
  ['octo-org', false],
  ['octo-org/octo-app/x', false],
  ['https://github.com/octo-org', false],
  ['octo org/app', false],
])('%j as a repository: %j', (text, expected) => {
  expect(accepts(repository(text))).toBe(expected);
});

test.each([
  ['0', true],
  ['12345678901234567890', true],
  ['123456789012345678901', false],
  ['1a', false],
  ['-1', false],
])('%j as an ID: %j', (text, expected) => {
  expect(accepts(id(text))).toBe(expected);
});
