import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, NO_TRACES, traces, withJob } from '../support/harness.ts';

const PASSWORD = 'hunter2-hunter2';
const URLS = [
  `https://user:${PASSWORD}@sts.example.com`,
  `https://:${PASSWORD}@sts.example.com:bad`,
  `user:${PASSWORD}@sts.example.com`,
  `ftp://user:${PASSWORD}@sts.example.com`,
];

describe('a password in the endpoint is neither used nor shown', () => {
  test.each(URLS)('sts-endpoint: %s', (url) =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, 'sts-endpoint': url }, { env: { RUNNER_DEBUG: '1' } });
      expect(errorOf(step)).toMatch(/^The input sts-endpoint is not valid\. \[INVALID_INPUT\]/);
      expect(step.stdout.replaceAll(/^::add-mask::.*$/gm, '') + step.stderr).not.toContain('hunter2');
      expect(traces(step)).toEqual(NO_TRACES);
      expect(lab.traffic.requests).toEqual([]);
    }),
  );

  test.each(['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL'])('%s', (variable) =>
    withJob({}, async ({ lab, uses }) => {
      for (const url of URLS) {
        const env = { [variable]: url, RUNNER_DEBUG: '1' };
        const step = await uses(MINIMAL, { labEndpoint: false, env });
        expect(errorOf(step)).toMatch(
          new RegExp(`^The variable ${variable} is not valid\\. \\[INVALID_INPUT\\]`),
        );
        expect(step.stdout + step.stderr).not.toContain('hunter2');
      }
      expect(lab.traffic.requests).toEqual([]);
    }),
  );
});

test.each(['not a url', '//x', 'file:///etc/passwd', 'http://'])(
  '%s in AWS_ENDPOINT_URL_STS is an error that names the variable',
  (url) =>
    withJob({}, async ({ uses }) => {
      const step = await uses(MINIMAL, { labEndpoint: false, env: { AWS_ENDPOINT_URL_STS: url } });
      expect(errorOf(step)).toMatch(/^The variable AWS_ENDPOINT_URL_STS is not valid\. \[INVALID_INPUT\]/);
    }),
);

test('a variable that nobody follows is no error', () =>
  withJob({}, async ({ uses }) => {
    const env = { AWS_ENDPOINT_URL_STS: 'not a url' };
    expect((await uses(MINIMAL, { env })).exitCode).toBe(0);
  }));
