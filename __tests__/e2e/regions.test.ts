import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';

/** A DNS that knows loopback and nothing else, and writes down what it was asked for. */
const DNS = `
const dns = require('node:dns');
const { appendFileSync } = require('node:fs');
const { lookup } = dns;
dns.lookup = (name, options, callback = options) => {
  if (name === 'localhost' || /^127\\./.test(name)) return lookup(name, options, callback);
  appendFileSync(process.env.ASKED_NAMES, name + '\\n');
  const facts = { code: process.env.DNS_SAYS, syscall: 'getaddrinfo', hostname: name };
  process.nextTick(callback, Object.assign(new Error('getaddrinfo ' + name), facts));
};
`;

describe('a region that is misspelt', () => {
  test.each([
    ['aws-region', { 'aws-region': 'eu-wset-1' }, 'The input aws-region is not valid'],
    [
      'a fallback region',
      { 'sts-fallback-regions': 'eu-central-1\neu-wset-1' },
      'The input sts-fallback-regions is not valid',
    ],
  ])('in %s is refused with the name that is meant', (_where, inputs, problem) =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, ...inputs });
      expect(errorOf(step)).toContain(problem);
      expect(errorOf(step)).toMatch(/found: +eu-wset-1\n[\s\S]*next: +Write eu-west-1/);
      expect(traces(step)).toEqual(NO_TRACES);
      expect(lab.traffic.requests).toEqual([]);
    }),
  );

  test('in a profile, too', () =>
    withJob({}, async ({ uses }) => {
      const profiles = `[profile prod]\nrole_arn = ${SPOKE}\nregion = us-esat-1`;
      const step = await uses({ 'aws-region': 'eu-west-1', profiles });
      expect(errorOf(step)).toMatch(/profile prod, region is not valid[\s\S]*next: +Write us-east-1/);
    }));
});

test('a region that may be new is let through with a warning', () =>
  withJob({}, async ({ uses }) => {
    const step = await uses({ ...MINIMAL, 'aws-region': 'eu-west-9' });
    expect(step.exitCode).toBe(0);
    expect(step.log).toContain('Warning: This version of the action does not know the region eu-west-9.');
    expect(step.environment.AWS_REGION).toBe('eu-west-9');
  }));

describe('an endpoint whose name does not resolve', () => {
  const resolving = (region: string, says: string, inputs: Record<string, string> = {}) =>
    new Promise<{ message: string; asked: string[] }>((resolve, reject) => {
      withJob({}, async ({ job, uses }) => {
        const dns = path.join(job.temp, 'dns.cjs');
        const asked = path.join(job.temp, 'asked');
        await writeFile(dns, DNS);
        await writeFile(asked, '');
        const step = await uses(
          { ...MINIMAL, 'aws-region': region, 'retry-max-attempts': '4', ...inputs },
          {
            labEndpoint: false,
            env: { NODE_OPTIONS: `--require ${dns}`, ASKED_NAMES: asked, DNS_SAYS: says },
          },
        );
        expect(traces(step)).toEqual(NO_TRACES);
        resolve({ message: errorOf(step), asked: (await readFile(asked, 'utf8')).trim().split('\n') });
      }).catch(reject);
    });

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('(%s) is no reason to go elsewhere', async (says) => {
    const { message, asked } = await resolving('eu-north-1', says);
    expect(message).toMatch(/does not resolve \(aws-region\)\. \[STS_UNREACHABLE\][\s\S]*no other region/);
    expect(message).toContain(says);
    expect(new Set(asked)).toEqual(new Set(['sts.eu-north-1.amazonaws.com']));
  });

  test('of a region that nobody knows fails at once', async () => {
    const { message, asked } = await resolving('eu-west-9', 'ENOTFOUND', {
      'sts-fallback-regions': 'eu-west-1',
    });
    expect(message).toMatch(
      /\(aws-region\)[\s\S]*next: +Set aws-region to eu-west-1 if you mean that region/,
    );
    expect(new Set(asked)).toEqual(new Set(['sts.eu-west-9.amazonaws.com']));
  });

  test('and that the user chose is the fault of sts-endpoint', async () => {
    const { message } = await resolving('eu-west-1', 'ENOTFOUND', {
      'sts-endpoint': 'https://sts.internal.example',
    });
    expect(message).toContain('the host name sts.internal.example does not resolve (sts-endpoint)');
  });
});
