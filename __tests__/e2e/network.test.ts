import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type ForwardProxy, startForwardProxy } from '../../lab/forward-proxy.ts';
import type { StepResult } from '../../lab/job.ts';
import { startTlsFront, type TlsFront } from '../../lab/tls-front.ts';
import { gitHubTrust } from '../../lab/world.ts';
import { errorOf, HUB, MINIMAL, SPOKE, type TestJob, withJob } from '../support/harness.ts';

/** Nobody listens here. */
const CLOSED_PORT = 9;

interface Network extends TestJob {
  readonly proxy: ForwardProxy;
  /** Runs the action against real host names: through the proxy to the lab, by HTTPS. */
  throughProxy(inputs: Record<string, string>, env?: Record<string, string>): Promise<StepResult>;
}

/** A network in which the only way to `hosts` is a proxy. */
async function withProxy(
  hosts: readonly string[],
  down: readonly string[],
  test: (network: Network) => Promise<void>,
  credentials?: string,
): Promise<void> {
  await withJob({}, async (context) => {
    const { lab, job } = context;
    const front = await startTlsFront((lab.sts.server.address() as { port: number }).port, hosts);
    const ports = Object.fromEntries(
      hosts.map((host) => [host, down.includes(host) ? CLOSED_PORT : front.port]),
    );
    const proxy = await startForwardProxy({ ports, ...(credentials !== undefined && { credentials }) });
    const certificates = path.join(job.temp, 'ca.pem');
    await writeFile(certificates, front.certificate);
    try {
      await test({
        ...context,
        proxy,
        throughProxy: (inputs, env = {}) =>
          context.uses(
            { ...MINIMAL, ...inputs },
            { labEndpoint: false, env: { NODE_EXTRA_CA_CERTS: certificates, ...env } },
          ),
      });
    } finally {
      await proxy.close();
      await front.close();
    }
  });
}

describe('a proxy', () => {
  const HOST = 'sts.eu-west-1.amazonaws.com';

  test.each([['http-proxy'], ['HTTPS_PROXY'], ['https_proxy'], ['HTTP_PROXY'], ['http_proxy']])(
    'from %s carries both requests',
    (source) =>
      withProxy([HOST], [], async ({ lab, proxy, throughProxy }) => {
        const setting = { [source]: proxy.url };
        const step = await (source === 'http-proxy' ? throughProxy(setting) : throughProxy({}, setting));
        expect(step.exitCode).toBe(0);
        expect(proxy.requests).toEqual([
          expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:/),
          `CONNECT ${HOST}:443`,
        ]);
        expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 1 });
      }),
  );

  test('with user name and password, which no log shows', () =>
    withProxy(
      [HOST],
      [],
      async ({ proxy, throughProxy }) => {
        const step = await throughProxy({ 'http-proxy': proxy.url });
        expect(step.exitCode).toBe(0);
        const refused = await throughProxy({ 'http-proxy': proxy.url.replace('p%40ssw0rd', 'wr%40ng') });
        expect(errorOf(refused)).toContain('[PROXY_REFUSED]');
        for (const { stdout, stderr } of [step, refused]) {
          expect(stdout.replaceAll(/^::add-mask::.*$/gm, '') + stderr).not.toMatch(
            /p%40ssw0rd|p@ssw0rd|wr%40ng|wr@ng/,
          );
        }
        expect(step.log).not.toContain('ssw0rd');
      },
      'ci:p@ssw0rd',
    ));

  test('keeps its password and the headers of requests out of the log with DEBUG', () =>
    withProxy(
      [HOST],
      [],
      async ({ proxy, throughProxy }) => {
        const step = await throughProxy({ 'http-proxy': proxy.url }, { DEBUG: '*' });
        expect(step.exitCode).toBe(0);
        for (const secret of ['pa55word', Buffer.from('ci:pa55word').toString('base64')])
          expect(step.stdout.replaceAll(/^::add-mask::.*$/gm, '') + step.stderr).not.toContain(secret);
      },
      'ci:pa55word',
    ));

  test('is not used for what no-proxy names', () =>
    withProxy([HOST], [], async ({ lab, proxy, throughProxy }) => {
      const inputs = { 'http-proxy': proxy.url, 'no-proxy': '10.0.0.0/8, 127.0.0.0/8' };
      expect((await throughProxy(inputs)).exitCode).toBe(0);
      expect(proxy.requests).toEqual([`CONNECT ${HOST}:443`]);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 1 });
    }));

  test('that is not there is an error that says so', () =>
    withProxy([HOST], [], async ({ throughProxy }) => {
      const step = await throughProxy({ 'http-proxy': 'http://127.0.0.1:9', 'retry-max-attempts': '2' });
      expect(errorOf(step)).toMatch(/ECONNREFUSED/);
    }));
});

describe('the endpoint follows from region and variables', () => {
  test.each([
    ['eu-west-1', {}, 'sts.eu-west-1.amazonaws.com'],
    ['us-east-1', { AWS_USE_FIPS_ENDPOINT: 'true' }, 'sts-fips.us-east-1.amazonaws.com'],
    ['us-west-2', { AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'sts.us-west-2.api.aws'],
  ])('%s with %j: %s', (region, env, host) =>
    withProxy([host], [], async ({ proxy, throughProxy }) => {
      const step = await throughProxy({ 'http-proxy': proxy.url, 'aws-region': region }, env);
      expect(step.exitCode).toBe(0);
      expect(proxy.requests.at(-1)).toBe(`CONNECT ${host}:443`);
    }),
  );

  test.each([
    ['aws-cn', 'cn-northwest-1', 'sts.cn-northwest-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['aws-iso', 'us-iso-east-1', 'sts.us-iso-east-1.c2s.ic.gov'],
    ['aws-iso-b', 'us-isob-east-1', 'sts.us-isob-east-1.sc2s.sgov.gov'],
    ['aws-iso-e', 'eu-isoe-west-1', 'sts.eu-isoe-west-1.cloud.adc-e.uk'],
    ['aws-iso-f', 'us-isof-south-1', 'sts.us-isof-south-1.csp.hci.ic.gov'],
    ['aws-eusc', 'eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
  ])('partition %s: region %s, endpoint %s, and the ARN of a bare role name', (partition, region, host) =>
    withProxy([host], [], async ({ lab, proxy, throughProxy }) => {
      lab.world.partition = partition;
      const trustPolicy = gitHubTrust('111111111111', 'repo:octo-org/*', 'sts.amazonaws.com', partition);
      lab.world.accounts['111111111111']?.roles.splice(0, 1, { name: 'deploy', trustPolicy });
      const step = await throughProxy({
        'http-proxy': proxy.url,
        'aws-region': region,
        'role-to-assume': 'deploy',
        'allowed-account-ids': '111111111111',
      });
      expect(step.outputs['authenticated-arn']).toMatch(
        new RegExp(`^arn:${partition}:sts::111111111111:assumed-role/deploy/`),
      );
      expect(proxy.requests.at(-1)).toBe(`CONNECT ${host}:443`);
    }),
  );
});

describe('an endpoint that is away', () => {
  const HOSTS = [
    'sts.eu-north-1.amazonaws.com',
    'sts.eu-west-1.amazonaws.com',
    'sts.us-east-1.amazonaws.com',
  ];

  test('gives way to that of a fallback region after two failures, and the log says so', () =>
    withProxy(HOSTS, HOSTS.slice(0, 1), async ({ lab, proxy, throughProxy }) => {
      const step = await throughProxy({ 'http-proxy': proxy.url, 'aws-region': 'eu-north-1' });
      expect(step.exitCode).toBe(0);
      expect(proxy.requests.slice(1)).toEqual([0, 0, 1].map((index) => `CONNECT ${HOSTS[index]}:443`));
      expect(step.log).toContain(
        'Warning: STS in eu-north-1 could not be reached 2 times in a row; switching to the fallback region eu-west-1',
      );
      expect(step.environment.AWS_REGION).toBe('eu-north-1');
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 1 });
    }));

  test('gives way to the regions of the input', () =>
    withProxy(HOSTS, HOSTS.slice(0, 2), async ({ proxy, throughProxy }) => {
      const inputs = { 'aws-region': 'eu-north-1', 'sts-fallback-regions': 'eu-west-1\nus-east-1' };
      expect((await throughProxy({ ...inputs, 'http-proxy': proxy.url })).exitCode).toBe(0);
      expect(proxy.requests.at(-1)).toBe(`CONNECT ${HOSTS[2]}:443`);
    }));

  test('is asked again and again with sts-fallback-regions: none', () =>
    withProxy(HOSTS, HOSTS.slice(0, 1), async ({ proxy, throughProxy }) => {
      const inputs = {
        'aws-region': 'eu-north-1',
        'sts-fallback-regions': 'none',
        'retry-max-attempts': '4',
      };
      expect(errorOf(await throughProxy({ ...inputs, 'http-proxy': proxy.url }))).toContain(
        '[STS_UNREACHABLE]',
      );
      expect(new Set(proxy.requests.slice(1))).toEqual(new Set([`CONNECT ${HOSTS[0]}:443`]));
      expect(proxy.requests).toHaveLength(5);
    }));

  test('a fallback region of another partition is refused', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'sts-fallback-regions': 'cn-north-1' }))).toContain(
        'sts-fallback-regions',
      );
    }));
});

describe('the connection to STS', () => {
  /** The lab's STS by HTTPS, with the variables that let the action trust it. */
  async function withTls(
    test: (
      context: TestJob & { front: TlsFront; inputs: Record<string, string>; env: Record<string, string> },
    ) => Promise<void>,
  ): Promise<void> {
    await withJob({}, async (context) => {
      const front = await startTlsFront(Number(new URL(context.lab.sts.url).port), ['localhost']);
      try {
        const certificate = path.join(context.job.temp, 'ca.pem');
        await writeFile(certificate, front.certificate);
        const inputs = { ...MINIMAL, 'sts-endpoint': `https://localhost:${front.port}` };
        await test({ ...context, front, inputs, env: { NODE_EXTRA_CA_CERTS: certificate } });
      } finally {
        await front.close();
      }
    });
  }

  test('stands while the OIDC token is on its way, and is the only one', () =>
    withTls(async ({ lab, uses, front, inputs, env }) => {
      lab.traffic.inject({ server: 'oidc', kind: { name: 'slow', milliseconds: 700 } });
      const step = await uses({ ...inputs, 'role-to-assume': HUB, 'role-chain': SPOKE }, { env });
      expect(step.exitCode).toBe(0);
      const token = lab.traffic.requests.find(({ server }) => server === 'oidc');
      expect(front.connections).toHaveLength(1);
      expect(front.connections[0]).toBeLessThan(token?.endedAt ?? 0);
    }));

  test('that nobody takes keeps nothing waiting: a refused OIDC token ends the step', () =>
    withTls(async ({ lab, uses, inputs, env }) => {
      lab.traffic.inject({ server: 'oidc', kind: { name: 'status', status: 403 } });
      expect(errorOf(await uses(inputs, { env }))).toContain('[OIDC_REQUEST_REFUSED]');
      expect(lab.traffic.counts().sts).toBe(0);
    }));
});
