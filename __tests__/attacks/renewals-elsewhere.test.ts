import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { HUB, MINIMAL, type TestJob, withJob } from '../support/harness.ts';
import { withMovingClock } from '../support/moving-clock.ts';
import { askEndpoint, askProcess, cacheOf, makeDue, refreshFolder, until } from '../support/refresh.ts';

/** A later step sets variables that decide where STS, the proxy or the OIDC endpoint are. A refresh goes where the step went. */
const UNTIL_DUE_S = 46 * 60;

/** A server that is none of the job's, and wants to be asked. */
async function withElsewhere(test_: (url: string, heard: readonly string[]) => Promise<void>): Promise<void> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      heard.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
      response.writeHead(200, { 'content-type': 'text/xml' }).end(FORGED);
    });
  });
  server.on('connect', (request, socket) => {
    heard.push(`CONNECT ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await test_(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const FORGED = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<AssumedRoleUser><Arn>arn:aws:sts::666666666666:assumed-role/theirs/x</Arn><AssumedRoleId>AROAX:x</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIAFORGED</AccessKeyId><SecretAccessKey>forged</SecretAccessKey><SessionToken>forged</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>`;

/** Where a step could lead the renewals to. */
const WAYS: Record<string, (url: string) => Record<string, string>> = {
  'another STS': (url) => ({ AWS_ENDPOINT_URL_STS: url, AWS_ENDPOINT_URL: url }),
  'a proxy': (url) => ({
    HTTPS_PROXY: url,
    HTTP_PROXY: url,
    https_proxy: url,
    http_proxy: url,
    NO_PROXY: '',
  }),
  'another OIDC endpoint': (url) => ({ ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/?api-version=2` }),
};

/** The step gets its endpoint from the environment, as with a VPC endpoint that the job names. */
async function withStep(
  { lab, job, uses }: TestJob,
  refresh: 'process' | 'broker',
  inputs: Record<string, string> = {},
): Promise<void> {
  job.environment = { ...job.environment, AWS_ENDPOINT_URL_STS: lab.sts.url };
  await uses({ ...MINIMAL, refresh, ...inputs }, { labEndpoint: false });
}

test.each(Object.keys(WAYS))('credential process: %s of a later step gets no request', (way) =>
  withElsewhere((url, heard) =>
    withJob({}, async (context) => {
      await withStep(context, 'process');
      await makeDue(context);
      const { code, stdout } = await askProcess(context, WAYS[way]?.(url));
      expect(heard).toEqual([]);
      expect(code).toBe(0);
      expect(stdout).not.toContain('FORGED');
      expect(await readFile(await cacheOf(context), 'utf8')).not.toContain('FORGED');
      expect(context.lab.traffic.counts()).toMatchObject({ oidc: 2, sts: 2 });
    }),
  ),
);

test('a step that joins a broker gets its own STS, and the first one keeps its own', () =>
  withElsewhere((url, heard) =>
    withMovingClock({}, async (first, clock) => {
      await withStep(first, 'broker');
      const uri = first.job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      await withJob({}, async (second) => {
        const { lab, job, uses } = first;
        job.environment = { ...job.environment, AWS_ENDPOINT_URL_STS: second.lab.sts.url };
        const foreign = await uses({ ...MINIMAL, refresh: 'broker' }, { labEndpoint: false });
        // The other STS knows nothing of this job's issuer, so the step fails and changes nothing.
        expect(foreign.exitCode).toBe(1);
        const asked = second.lab.traffic.requests.length;
        const before = lab.traffic.counts().sts ?? 0;
        clock.pass(UNTIL_DUE_S);
        await until(() => (lab.traffic.counts().sts ?? 0) > before);
        expect(second.lab.traffic.requests).toHaveLength(asked);
      });
      // Joined through a proxy that the broker's own environment has not: each plan has its own.
      const plans = [await refreshFolder(first)];
      const step = await first.uses(
        { ...MINIMAL, 'role-to-assume': HUB, refresh: 'broker', 'sts-endpoint': first.lab.sts.url },
        { env: { NO_PROXY: '*', HTTPS_PROXY: url } },
      );
      plans.push(step.state.refreshing ?? '');
      const [one, two] = await Promise.all(
        plans.map(async (folder) => JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8'))),
      );
      expect(one.settings.proxy).toEqual({ noProxy: '' });
      expect(two.settings.proxy).toEqual({ noProxy: '*', httpProxy: `${url}/` });
      expect(new URL(first.job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '').port).toBe(
        new URL(uri).port,
      );
      const before = first.lab.traffic.counts().sts ?? 0;
      clock.pass(UNTIL_DUE_S);
      await until(() => (first.lab.traffic.counts().sts ?? 0) > before + 1);
      expect((await askEndpoint(first)).status).toBe(200);
      expect(heard).toEqual([]);
      await first.finish();
    }),
  ));

test('a step that joins brings its endpoint, not that of the environment of the broker', () =>
  withElsewhere((url, heard) =>
    withMovingClock({}, async (context, clock) => {
      const { lab, job, uses } = context;
      // The broker begins where the variables lead elsewhere, and its own plan names an endpoint.
      await uses({ ...MINIMAL, refresh: 'broker' }, { env: { AWS_ENDPOINT_URL_STS: url } });
      const before = job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      await withStep(context, 'broker', { 'role-to-assume': HUB });
      const after = job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
      expect(new URL(after).port).toBe(new URL(before).port);
      const asked = () =>
        lab.traffic.requests.filter(({ parameters: { RoleArn } }) => RoleArn === HUB).length;
      clock.pass(UNTIL_DUE_S);
      await until(() => asked() >= 2);
      expect(heard).toEqual([]);
      await context.finish();
    }),
  ));

test('a step with another trust store or bearer has a broker of its own', () =>
  withJob({}, async (context) => {
    const { job, uses, finish } = context;
    await uses({ ...MINIMAL, refresh: 'broker' });
    const before = job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    await uses({ ...MINIMAL, refresh: 'broker' }, { env: { NODE_EXTRA_CA_CERTS: path.resolve('LICENSE') } });
    const after = job.environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? '';
    expect(new URL(after).port).not.toBe(new URL(before).port);
    await finish();
  }));

test('neither the OIDC token nor its bearer is written down', () =>
  withJob({}, async (context) => {
    await withStep(context, 'process');
    const plan = await readFile(path.join(await refreshFolder(context), 'plan.json'), 'utf8');
    expect(plan).toContain(context.job.environment.ACTIONS_ID_TOKEN_REQUEST_URL);
    expect(plan).not.toContain(context.job.environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
  }));
