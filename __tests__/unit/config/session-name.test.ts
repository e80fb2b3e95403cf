import { expect, test } from '@jest/globals';
import { defaultSessionName } from '../../../src/config/session-config.ts';

test.each([
  ['octo-org/octo-app', '42', 'octo-org.octo-app-42'],
  ['octo/späß', '42', 'octo.sp---42'],
  ['', '42', '42'],
  ['octo/app', '', 'octo.app'],
  ['', '', 'GitHubActions'],
])('%s in run %s is %s', (repository, runId, expected) => {
  expect(defaultSessionName({ repository, runId })).toBe(expected);
});

test.each([
  ['1', 'octo.app-42'],
  ['2', 'octo.app-42.2'],
  ['17', 'octo.app-42.17'],
  ['', 'octo.app-42'],
  ['999999', 'octo.app-42.999999'],
  ['1000000', 'octo.app-42'],
  ['x'.repeat(80), 'octo.app-42'],
])('in attempt %s the name is %s', (runAttempt, expected) => {
  expect(defaultSessionName({ repository: 'octo/app', runId: '42', runAttempt })).toBe(expected);
});

test('without a run there is no attempt', () => {
  expect(defaultSessionName({ repository: 'octo/app', runId: '', runAttempt: '2' })).toBe('octo.app');
});

test('a long repository is cut, the run stays', () => {
  const name = defaultSessionName({ repository: `octo-org/${'x'.repeat(100)}`, runId: '12345678901' });
  expect(name).toHaveLength(64);
  expect(name).toMatch(/^octo-org\.x+-12345678901$/);
});
