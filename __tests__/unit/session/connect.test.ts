import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { tokenVariables } from '../../../lab/runner-variables.ts';
import { parseRoleArn } from '../../../src/aws/arn.ts';
import { DEFAULT_DURATION } from '../../../src/aws/durations.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import type { HttpRequest } from '../../../src/platform/http/http.ts';
import { sendHttp } from '../../../src/platform/http/http.ts';
import { connect, connectionSettings, defaultChain } from '../../../src/session/connect.ts';
import { configOf, roleIn } from '../plan/plan-of.ts';

const OIDC: IdentityConfig = {
  kind: 'github-oidc',
  audience: 'sts.amazonaws.com',
  otherAudience: undefined,
};
const ROLE = { 'role-to-assume': roleIn('1') };

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

/** A connection to the lab, and what it masked and requested. */
function toLab(inputs: Record<string, string> = {}, variables: Record<string, string> = {}) {
  const env = {
    ...tokenVariables(lab),
    AWS_ENDPOINT_URL_STS: lab.sts.url,
    GITHUB_REPOSITORY: 'octo-org/octo-app',
    ...variables,
  };
  const masks: string[] = [];
  const requests: HttpRequest[] = [];
  const nothing = () => {};
  const reporter = {
    mask: (secret: string) => void masks.push(secret),
    debug: nothing,
    info: nothing,
    warning: nothing,
    group: nothing,
  };
  const outside = {
    env,
    clock: systemClock,
    random: () => 0,
    readJson: async () => ({}),
    http: (request: HttpRequest) => {
      requests.push(request);
      return sendHttp(request);
    },
  };
  const settings = connectionSettings(configOf({ ...ROLE, ...inputs }), env);
  const connection = connect(settings, outside, reporter, startDeadline(0, systemClock));
  return { connection, masks, requests };
}

describe('the settings of a connection', () => {
  test('come from the inputs, and from the environment of the step', () => {
    const inputs = {
      ...ROLE,
      'no-proxy': 'internal.test',
      'retry-max-attempts': '5',
      'mask-aws-account-id': 'true',
    };
    const env = { HTTPS_PROXY: 'http://proxy.test:3128', AWS_ENDPOINT_URL_STS: 'http://sts.test' };
    expect(connectionSettings(configOf(inputs), env)).toEqual({
      region: 'eu-west-1',
      endpoints: [{ region: 'eu-west-1', url: 'http://sts.test' }],
      proxy: { httpProxy: new URL('http://proxy.test:3128'), noProxy: 'internal.test' },
      maxAttempts: 5,
      maxParallel: 100,
      throttledUntilDeadline: false,
      refusals: { retries: 4, waitSeconds: 0 },
      plainSecret: false,
      maskAccessKeyId: true,
      maskAccountId: true,
    });
  });
});

describe('a connection', () => {
  test('obtains a session with the OIDC token of the job, and masks the secrets of both', async () => {
    const { connection, masks, requests } = toLab();
    const role = parseRoleArn(roleIn('1'));
    if (role === undefined) throw new TypeError('not the ARN of a role');
    const sts = await connection.sts();
    const session = await sts.obtain(
      {
        operation: 'AssumeRoleWithWebIdentity',
        role,
        sessionName: 'test',
        duration: DEFAULT_DURATION,
        inlinePolicy: undefined,
        policyArns: [],
      },
      connection.identityOf(OIDC),
    );
    expect(session.arn).toBe('arn:aws:sts::111111111111:assumed-role/deploy/test');
    expect(masks).toEqual(
      expect.arrayContaining([...lab.oidc.tokens.slice(-1), session.credentials.secretAccessKey]),
    );
    // Each with the agent of the run.
    expect(requests.map(({ url, agent }) => [url.host, agent !== undefined])).toEqual([
      [new URL(lab.oidc.requestUrl).host, true],
      [new URL(lab.sts.url).host, true],
    ]);
  });

  test('has one identity for each configuration, and sends nothing until it is used', () => {
    const { connection, requests } = toLab();
    const other = { ...OIDC, audience: 'other' };
    expect(connection.identityOf({ ...OIDC })).toBe(connection.identityOf(OIDC));
    expect(connection.identityOf(other)).not.toBe(connection.identityOf(OIDC));
    expect(requests).toEqual([]);
  });

  test('loads the SDK once', async () => {
    const { connection } = toLab();
    expect(connection.sts()).toBe(connection.sts());
    expect(await connection.sts()).toBe(await connection.sts());
  });

  test('to STS is opened while the SDK loads', async () => {
    let accepted = 0;
    const server = net.createServer((socket) => {
      accepted++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { connection } = toLab({}, { AWS_ENDPOINT_URL_STS: `https://127.0.0.1:${port}` });
    await connection.sts();
    for (let look = 0; look < 200 && accepted === 0; look++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => server.close(resolve));
    expect(accepted).toBe(1);
  });

  test('masks the secrets of its proxy first', () => {
    const { masks } = toLab({ 'http-proxy': 'http://user:pass@proxy.test' });
    expect(masks).toEqual(['pass', 'dXNlcjpwYXNz']);
  });
});

test('the default chain of the SDK finds credentials in variables', async () => {
  const before = { ...process.env };
  try {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAFOUND', AWS_SECRET_ACCESS_KEY: 'found-secret' };
    expect(await defaultChain('eu-west-1', { AWS_PROFILE: undefined, ...keys })).toEqual({
      accessKeyId: 'AKIAFOUND',
      secretAccessKey: 'found-secret',
      sessionToken: undefined,
      expiration: undefined,
    });
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
});
