import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { awsTrust, defaultWorld } from '../../lab/world.ts';
import { errorOf, HUB, MINIMAL, withJob } from '../support/harness.ts';
import { times } from '../support/soak.ts';

const REGION = { 'aws-region': 'eu-west-1' };

/** `count` accounts that trust the hub, and the profiles for them. */
function fleet(count: number) {
  const world = defaultWorld();
  const ids = Array.from({ length: count }, (_, index) => String(400_000_000_001 + index));
  for (const id of ids)
    world.accounts[id] = { oidcProviders: [], roles: [{ name: 'deploy', trustPolicy: awsTrust(HUB) }] };
  const sections = ids.map(
    (id) => `[profile a${id}]\nsource_profile = hub\nrole_arn = arn:aws:iam::${id}:role/deploy\n`,
  );
  return { world, profiles: `[profile hub]\nrole_arn = ${HUB}\n${sections.join('')}` };
}

describe('a hundred accounts behind a hub', () => {
  test('are requested in one wave by default: no request waits for the answer to another', () => {
    const { world, profiles } = fleet(100);
    return withJob({ world }, async ({ lab, uses }) => {
      const kind = { name: 'hang' } as const;
      lab.traffic.inject({ server: 'sts', operation: 'AssumeRole', kind, times: Number.POSITIVE_INFINITY });
      // Shorter than the time after which a request without an answer is retried.
      const step = await uses({ ...REGION, profiles, 'action-timeout-s': '9' });
      expect(errorOf(step)).toContain('[DEADLINE_EXCEEDED]');
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, AssumeRoleWithWebIdentity: 1, AssumeRole: 100 });
    });
  });
});

const many = times(200, 1_000);
test(`${many} accounts take one OIDC request and ${many + 1} to STS, and each has its profile`, () => {
  const { world, profiles } = fleet(many);
  return withJob({ world }, async ({ lab, job, uses }) => {
    await writeFile(path.join(job.workspace, 'fleet.ini'), profiles);
    // A loaded machine must not fail the test.
    const inputs = { ...REGION, 'profiles-file': 'fleet.ini', 'action-timeout-s': '0' };
    const step = await uses({ ...inputs, 'job-summary': 'true' });
    expect(step.exitCode).toBe(0);
    expect(lab.traffic.counts()).toEqual({
      oidc: 1,
      sts: many + 1,
      AssumeRoleWithWebIdentity: 1,
      AssumeRole: many,
    });
    expect(Object.keys(JSON.parse(step.outputs.profiles ?? '{}'))).toHaveLength(many + 1);
    expect(JSON.parse(step.outputs.receipt ?? '{}').sessions).toHaveLength(many + 1);
    const config = await readFile(path.join(job.home, '.aws/config'), 'utf8');
    expect(config.match(/^\[profile a\d{12}\]$/gm)).toHaveLength(many);
  });
});

describe('throttling', () => {
  const THROTTLED = { name: 'error', code: 'Throttling', message: 'Rate exceeded', status: 400 } as const;
  const ALWAYS = { server: 'sts', kind: THROTTLED, times: Number.POSITIVE_INFINITY } as const;

  test('slows a fleet down, and fails none of its accounts; the log says how far it is', () => {
    const { world, profiles } = fleet(60);
    return withJob({ world, stsLimit: { perSecond: 8, burst: 8 } }, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, profiles });
      expect(step.exitCode).toBe(0);
      expect(Object.keys(JSON.parse(step.outputs.profiles ?? '{}'))).toHaveLength(61);
      const throttled = lab.traffic.requests.filter(({ errorCode }) => errorCode === 'Throttling');
      // The first wave, and the cuts until the rate is below the limit.
      expect(throttled.length).toBeLessThan(120);
      expect(step.log.match(/STS throttles requests in this account and region/g)).toHaveLength(1);
      expect(step.log).toMatch(
        /After \d+ s: \d+ of 61 sessions done, \d+ requested, \d+ throttled, \d+ waiting\./,
      );
    });
  });

  test('that lasts until the deadline is named by the error', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(ALWAYS);
      const message = errorOf(await uses({ ...MINIMAL, 'action-timeout-s': '5' }));
      expect(message).toMatch(/\[DEADLINE_EXCEEDED\][\s\S]*STS throttled the request[\s\S]*fewer jobs/);
    }));

  test.each([
    [{ 'disable-retry': 'true' }, 1],
    [{ 'retry-max-attempts': '3' }, 3],
  ])('with %j is retried no more often than the user wants', (inputs, attempts) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject(ALWAYS);
      expect(errorOf(await uses({ ...MINIMAL, ...inputs }))).toContain('[STS_THROTTLED]');
      expect(lab.traffic.counts().sts).toBe(attempts);
    }),
  );
});

describe('progress', () => {
  test('of a step that takes longer than five seconds is in the log', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'sts', kind: { name: 'slow', milliseconds: 5500 } });
      const step = await uses(MINIMAL);
      expect(step.log).toMatch(/After \d+ s: 0 of 1 sessions done, \d requested, 0 throttled, \d waiting\./);
    }));

  test('of a faster one is not', () =>
    withJob({}, async ({ uses }) => {
      const { log } = await uses(MINIMAL);
      // On a busy machine, this step may take longer, too.
      const seconds = [...log.matchAll(/After (\d+) s: .* sessions done/g)].map(([, after]) => Number(after));
      expect(seconds.filter((after) => after < 5)).toEqual([]);
    }));
});
