import { beforeEach, expect, test } from '@jest/globals';
import type { StsEndpoint } from '../../../src/aws/endpoints.ts';
import { createFailover, type Failover } from '../../../src/sts/failover.ts';

const endpoint = (region: string): StsEndpoint => ({ region, url: `https://sts.${region}.test` });
const [FIRST, SECOND, THIRD] = ['first-1', 'second-1', 'third-1'].map(endpoint) as [
  StsEndpoint,
  StsEndpoint,
  StsEndpoint,
];

let warnings: string[];
let failover: Failover;
beforeEach(() => {
  warnings = [];
  const quiet = () => {};
  const log = {
    debug: quiet,
    info: quiet,
    group: quiet,
    warning: (text: string) => void warnings.push(text),
  };
  failover = createFailover([FIRST, SECOND, THIRD], log);
});

/** Reports outcomes of requests to one endpoint, and returns the endpoint for the next request. */
function after(of: StsEndpoint, ...outcomes: ('answer' | 'failure')[]): StsEndpoint {
  for (const outcome of outcomes) failover[outcome === 'answer' ? 'reached' : 'unreachable'](of);
  return failover.current();
}

test('two failures in a row switch to the next endpoint, with a warning', () => {
  expect(failover.current()).toBe(FIRST);
  expect(after(FIRST, 'failure')).toBe(FIRST);
  expect(warnings).toEqual([]);
  expect(after(FIRST, 'failure')).toBe(SECOND);
  expect(warnings).toEqual([
    'STS in first-1 could not be reached 2 times in a row; switching to the fallback region second-1 (sts-fallback-regions).',
  ]);
});

test('an answer between two failures starts the count anew', () => {
  expect(after(FIRST, 'failure', 'answer', 'failure')).toBe(FIRST);
  expect(after(FIRST, 'failure')).toBe(SECOND);
});

test('a switch starts the count anew', () => {
  after(FIRST, 'failure', 'failure');
  expect(after(SECOND, 'failure')).toBe(SECOND);
  expect(after(SECOND, 'failure')).toBe(THIRD);
});

test('late outcomes of an endpoint that is no longer in use do not count', () => {
  after(FIRST, 'failure', 'failure');
  expect(after(FIRST, 'failure', 'failure', 'failure')).toBe(SECOND);
  after(SECOND, 'failure');
  after(FIRST, 'answer');
  expect(after(SECOND, 'failure')).toBe(THIRD);
});

test('the last endpoint stays', () => {
  after(FIRST, 'failure', 'failure');
  after(SECOND, 'failure', 'failure');
  expect(after(THIRD, 'failure', 'failure', 'failure')).toBe(THIRD);
  expect(warnings).toHaveLength(2);
});
