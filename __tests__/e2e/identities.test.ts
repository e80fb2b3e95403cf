import { generateKeyPairSync } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeAssertion } from '../../lab/saml.ts';
import { DEPLOY, errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, withJob } from '../support/harness.ts';

const REGION = { 'aws-region': 'eu-west-1' };
const BY_USER = 'arn:aws:iam::111111111111:role/by-user';
const KEY_ID = 'AKIALABUSER000000001';
const SECRET = 'lab0secret/of+the0user/ci0000000000000001';
const KEYS = { 'aws-access-key-id': KEY_ID, 'aws-secret-access-key': SECRET };
const KEY_VARIABLES = { AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET };
const MFA = {
  'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci',
  'mfa-totp-secret': 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
};
const POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';

describe('static keys', () => {
  test('without a role are delivered as they are, after one request that says whose they are', () =>
    withJob({ env: { AWS_SESSION_TOKEN: 'of an earlier step' } }, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, ...KEYS });
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, GetCallerIdentity: 1 });
      expect(step.environment).toMatchObject({ ...KEY_VARIABLES, AWS_SESSION_TOKEN: '' });
      expect(step.outputs).toMatchObject({ 'authenticated-arn': 'arn:aws:iam::111111111111:user/ci' });
      expect(step.outputs).not.toHaveProperty('aws-expiration');
    }));

  test('with a role take one request, even where the job may ask for an OIDC token', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...REGION, ...KEYS, 'role-to-assume': BY_USER });
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, AssumeRole: 1 });
      expect(step.outputs['authenticated-arn']).toBe(
        'arn:aws:sts::111111111111:assumed-role/by-user/octo-org.octo-app-42',
      );
      expect(step.environment.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
    }));

  test('with a session token, and a role', () =>
    withJob({}, async ({ lab, uses, job }) => {
      await uses({ ...REGION, ...KEYS, 'role-to-assume': BY_USER });
      const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN = '' } = job.environment;
      lab.world.accounts['222222222222']?.roles.push({
        name: 'from-session',
        trustPolicy: { Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:*' } },
      });
      const step = await uses({
        ...REGION,
        'aws-access-key-id': AWS_ACCESS_KEY_ID,
        'aws-secret-access-key': AWS_SECRET_ACCESS_KEY,
        'aws-session-token': AWS_SESSION_TOKEN,
        'role-to-assume': 'arn:aws:iam::222222222222:role/from-session',
      });
      expect(step.exitCode).toBe(0);
      expect(step.outputs['aws-account-id']).toBe('222222222222');
    }));

  test('with a bare role name take the caller’s account, the role’s path included', () =>
    withJob({}, async ({ lab, uses }) => {
      const user = { AWS: 'arn:aws:iam::111111111111:user/ci' };
      lab.world.accounts['111111111111']?.roles.push({
        name: 'deploy',
        path: '/teams/payments/',
        trustPolicy: { Statement: { Effect: 'Allow', Principal: user, Action: 'sts:*' } },
      });
      const step = await uses({ ...REGION, ...KEYS, 'role-to-assume': 'teams/payments/deploy' });
      expect(step.exitCode).toBe(0);
      expect(
        lab.traffic.requests.map(({ operation, parameters }) => [operation, parameters.RoleArn]),
      ).toEqual([
        ['GetCallerIdentity', undefined],
        ['AssumeRole', 'arn:aws:iam::111111111111:role/teams/payments/deploy'],
      ]);
    }));

  test('the secret alone is a clear error, and is not shown', () =>
    withJob({}, async ({ uses }) => {
      const message = errorOf(await uses({ ...REGION, 'aws-secret-access-key': SECRET }));
      expect(message).toContain('The input aws-access-key-id is not valid');
    }));
});

describe('ambient credentials', () => {
  test('from variables of an earlier step, by role-chaining', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': HUB });
      const step = await uses({ ...REGION, 'role-to-assume': SPOKE, 'role-chaining': 'true' });
      expect(step.outputs['aws-account-id']).toBe('222222222222');
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 2, AssumeRoleWithWebIdentity: 1, AssumeRole: 1 });
    }));

  test('from variables, before AWS_PROFILE', () =>
    withJob({ env: { ...KEY_VARIABLES, AWS_PROFILE: 'nobody' } }, async ({ uses }) => {
      expect((await uses({ ...REGION, 'role-to-assume': BY_USER, 'role-chaining': 'true' })).exitCode).toBe(
        0,
      );
    }));

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['auth: ambient', { auth: 'ambient' }, {}],
    ['force-skip-oidc', { 'force-skip-oidc': 'true' }, {}],
    [
      'unset-current-credentials, which hides variables',
      { auth: 'ambient', 'unset-current-credentials': 'true' },
      { AWS_ACCESS_KEY_ID: 'AKIAWRONG00000000000', AWS_SECRET_ACCESS_KEY: 'wrong secret' },
    ],
  ])('from the shared credentials file, by %s', (_what, inputs, env) =>
    withJob({ env }, async ({ lab, job, uses }) => {
      await mkdir(path.join(job.home, '.aws'));
      const file = `[default]\naws_access_key_id = ${KEY_ID}\naws_secret_access_key = ${SECRET}\n`;
      await writeFile(path.join(job.home, '.aws/credentials'), file);
      const step = await uses({ ...REGION, 'role-to-assume': BY_USER, ...inputs });
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 0, AssumeRole: 1 });
    }),
  );

  test('without a role: later steps keep them, and learn whose they are', () =>
    withJob({ env: KEY_VARIABLES }, async ({ uses }) => {
      const step = await uses(REGION);
      expect(step.environment).toEqual({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' });
      expect(step.outputs['aws-account-id']).toBe('111111111111');
    }));

  test('from a container, at its own endpoint', () =>
    withJob({}, async ({ lab, job, uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': HUB });
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, ...others } = job.environment;
      job.environment = others;
      // The runner has not seen what the container has.
      job.masks.clear();
      const body = JSON.stringify({
        AccessKeyId: AWS_ACCESS_KEY_ID,
        SecretAccessKey: AWS_SECRET_ACCESS_KEY,
        Token: AWS_SESSION_TOKEN,
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const server = createServer((_request, response) => response.end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/` };
      const step = await uses({ ...REGION, 'role-to-assume': SPOKE, 'force-skip-oidc': 'true' }, { env });
      server.close();
      expect(step.exitCode).toBe(0);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 2, AssumeRole: 1 });
    }));

  test('none at all is a clear error', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({ ...REGION, 'role-to-assume': BY_USER, auth: 'ambient' });
      expect(errorOf(step)).toContain('[NO_CREDENTIALS]');
      expect(traces(step)).toEqual(NO_TRACES);
    }));

  test('have no influence with auth: github-oidc', () =>
    withJob({ env: KEY_VARIABLES }, async ({ lab, uses }) => {
      expect((await uses({ ...MINIMAL, ...KEYS, auth: 'github-oidc' })).exitCode).toBe(0);
      expect(lab.traffic.requests.every(({ accessKeyId }) => accessKeyId === undefined)).toBe(true);
    }));
});

describe('use-existing-credentials', () => {
  const existing = { ...MINIMAL, 'use-existing-credentials': 'true' };

  test('keeps a valid session of the wanted role', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses(MINIMAL);
      const step = await uses(existing);
      expect(lab.traffic.counts()).toEqual({
        oidc: 1,
        sts: 2,
        AssumeRoleWithWebIdentity: 1,
        GetCallerIdentity: 1,
      });
      expect(step.environment).toEqual({ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' });
      expect(step.log).toContain('are used: arn:aws:sts::111111111111:assumed-role/deploy/');
    }));

  test.each([
    ['another role', {}],
    [
      'an account that is not allowed',
      {
        'role-to-assume': 'arn:aws:iam::111111111111:role/deploy-hub',
        'allowed-account-ids': '222222222222',
      },
    ],
  ])('does not keep that of %s', (_what, inputs) =>
    withJob({}, async ({ lab, uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': HUB });
      await uses({ ...existing, ...inputs });
      expect(lab.traffic.counts()).toMatchObject({ AssumeRoleWithWebIdentity: 2 });
    }),
  );

  test('goes on as usual without any', () =>
    withJob({}, async ({ lab, uses }) => {
      expect((await uses(existing)).exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({ oidc: 1, sts: 1, AssumeRoleWithWebIdentity: 1 });
    }));
});

describe('a token file', () => {
  const inputs = { ...MINIMAL, 'web-identity-token-file': 'token' };

  test('in the workspace', () =>
    withJob({}, async ({ lab, job, uses }) => {
      await writeFile(path.join(job.workspace, 'token'), `${await lab.oidc.mint('sts.amazonaws.com')}\n`);
      expect((await uses(inputs)).exitCode).toBe(0);
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, AssumeRoleWithWebIdentity: 1 });
    }));

  test('as Kubernetes links it, by its absolute path', () =>
    withJob({}, async ({ lab, job, uses }) => {
      const folder = path.join(job.temp, 'serviceaccount');
      await mkdir(path.join(folder, '..2026_11_21'), { recursive: true });
      await writeFile(path.join(folder, '..2026_11_21/token'), await lab.oidc.mint('sts.amazonaws.com'));
      await symlink('..2026_11_21', path.join(folder, '..data'));
      await symlink('..data/token', path.join(folder, 'token'));
      expect(
        (await uses({ ...inputs, 'web-identity-token-file': path.join(folder, 'token') })).exitCode,
      ).toBe(0);
    }));

  test.each<[string, (folder: string, token: string) => Promise<unknown>, RegExp]>([
    ['that is missing', async () => {}, /no such file/],
    ['that is a folder', (folder) => mkdir(path.join(folder, 'token')), /not a regular file/],
    [
      'that holds no token',
      (folder) => writeFile(path.join(folder, 'token'), 'hello'),
      /not a JSON Web Token/,
    ],
    [
      'that is a link out of its folder',
      async (folder, token) => {
        await writeFile(path.join(folder, '../elsewhere'), token);
        await symlink('../elsewhere', path.join(folder, 'token'));
      },
      /symbolic link that leads out/,
    ],
  ])('%s is refused', (_what, prepare, found) =>
    withJob({}, async ({ lab, job, uses }) => {
      await prepare(job.workspace, await lab.oidc.mint('sts.amazonaws.com'));
      const message = errorOf(await uses(inputs));
      expect(message).toContain('[TOKEN_FILE_UNUSABLE]');
      expect(message).toMatch(found);
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }),
  );

  test('outside the workspace needs an absolute path', () =>
    withJob({}, async ({ lab, job, uses }) => {
      await writeFile(path.join(job.temp, 'token'), await lab.oidc.mint('sts.amazonaws.com'));
      expect(errorOf(await uses({ ...inputs, 'web-identity-token-file': '../_temp/token' }))).toMatch(
        /leads out of the workspace/,
      );
    }));
});

describe('a SAML assertion', () => {
  test('takes one unsigned request', () =>
    withJob({}, async ({ lab, uses }) => {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      const provider = 'arn:aws:iam::111111111111:saml-provider/corp';
      const account = lab.world.accounts['111111111111'];
      const trustPolicy = {
        Statement: { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithSAML' },
      } as const;
      account?.roles.push({ name: 'sso', trustPolicy });
      if (account !== undefined) account.samlProviders = [{ name: 'corp', publicKey }];
      const role = 'arn:aws:iam::111111111111:role/sso';
      const assertion = makeAssertion([`${role},${provider}`], privateKey, Date.now());
      const step = await uses({
        ...REGION,
        auth: 'saml',
        'role-to-assume': 'sso',
        'saml-provider-arn': provider,
        'saml-assertion': assertion,
      });
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, AssumeRoleWithSAML: 1 });
      expect(step.outputs['authenticated-arn']).toBe('arn:aws:sts::111111111111:assumed-role/sso/alice');
      expect(step.commands).toContainEqual({ command: 'add-mask', properties: {}, message: assertion });
    }));
});

describe('operations for the keys of a user', () => {
  test('get-session-token with a code made from the device’s secret', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({
        ...REGION,
        ...KEYS,
        ...MFA,
        operation: 'get-session-token',
        'role-duration-seconds': '129600',
      });
      expect(step.log).toContain('arn:aws:iam::111111111111:user/ci');
      expect(lab.traffic.requests[0]?.parameters).toMatchObject({
        DurationSeconds: '129600',
        SerialNumber: 'arn:aws:iam::111111111111:mfa/ci',
        TokenCode: expect.stringMatching(/^\d{6}$/),
      });
      expect(step.environment.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/);
      expect(step.outputs['aws-expiration']).toBeDefined();
    }));

  test('MFA on a role whose trust policy asks for it', () =>
    withJob({}, async ({ lab, uses }) => {
      const policy = lab.world.accounts['111111111111']?.roles.find(
        ({ name }) => name === 'by-user',
      )?.trustPolicy;
      Object.assign([policy?.Statement].flat()[0] ?? {}, {
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      });
      const inputs = { ...REGION, ...KEYS, 'role-to-assume': BY_USER };
      expect(errorOf(await uses(inputs))).toContain('[STS_ACCESS_DENIED]');
      expect((await uses({ ...inputs, ...MFA })).exitCode).toBe(0);
      const wrong = await uses({ ...inputs, 'mfa-serial': MFA['mfa-serial'], 'mfa-code': '000000' });
      expect(errorOf(wrong)).toContain('[STS_MFA_REFUSED]');
    }));

  test('get-federation-token with a policy', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({
        ...REGION,
        ...KEYS,
        operation: 'get-federation-token',
        'federation-name': 'ci',
        'inline-session-policy': POLICY,
      });
      expect(step.outputs['authenticated-arn']).toBe('arn:aws:sts::111111111111:federated-user/ci');
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 1, GetFederationToken: 1 });
    }));

  test.each([
    ['get-federation-token without a policy', { operation: 'get-federation-token' }],
    ['get-session-token with a role', { operation: 'get-session-token', 'role-to-assume': DEPLOY }],
    ['get-session-token with temporary keys', { operation: 'get-session-token', 'aws-session-token': 'x' }],
  ])('%s is refused before any request', (_what, inputs) =>
    withJob({}, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...REGION, ...KEYS, ...inputs }))).toContain(
        'The input operation is not valid',
      );
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }),
  );
});
