import { generateKeyPairSync } from 'node:crypto';
import * as sdk from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Lab, startLab } from '../../../lab/lab.ts';
import { makeAssertion } from '../../../lab/saml.ts';
import { awsTrust, gitHubTrust } from '../../../lab/world.ts';

const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
const BY_USER = 'arn:aws:iam::111111111111:role/by-user';
const USER = {
  accessKeyId: 'AKIALABUSER000000001',
  secretAccessKey: 'lab0secret/of+the0user/ci0000000000000001',
};

let lab: Lab;
let skewMs = 0;
beforeAll(async () => {
  lab = await startLab({ now: () => Date.now() + skewMs });
});
afterAll(() => lab.close());

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A client of the real SDK, which signs as AWS wants it. */
const client = (credentials: Keys = USER) =>
  new sdk.STSClient({ region: 'eu-west-1', endpoint: lab.sts.url, credentials, maxAttempts: 1 });

const web = async (parameters: Partial<sdk.AssumeRoleWithWebIdentityCommandInput> = {}, token?: string) =>
  client().send(
    new sdk.AssumeRoleWithWebIdentityCommand({
      RoleArn: DEPLOY,
      RoleSessionName: 'test',
      WebIdentityToken: token ?? (await lab.oidc.mint('sts.amazonaws.com')),
      ...parameters,
    }),
  );

const assume = (parameters: Partial<sdk.AssumeRoleCommandInput> = {}, keys?: Keys) =>
  client(keys).send(new sdk.AssumeRoleCommand({ RoleArn: BY_USER, RoleSessionName: 'test', ...parameters }));

function keysOf({ Credentials }: { Credentials?: sdk.Credentials | undefined }): Keys {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** A pair of RSA keys in PEM. */
function rsaKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

const name = (error: string) => expect.objectContaining({ name: error });

describe('AssumeRoleWithWebIdentity', () => {
  test('gives a session that can say who it is', async () => {
    const answer = await web();
    expect(answer.AssumedRoleUser?.Arn).toBe('arn:aws:sts::111111111111:assumed-role/deploy/test');
    expect(answer.SubjectFromWebIdentityToken).toBe('repo:octo-org/octo-app:ref:refs/heads/main');
    const who = await client(keysOf(answer)).send(new sdk.GetCallerIdentityCommand({}));
    expect(who).toMatchObject({ Account: '111111111111', Arn: answer.AssumedRoleUser?.Arn });
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['another subject', { sub: 'repo:octo-org/other:ref:refs/heads/main' }, 'AccessDenied'],
    ['another audience', { aud: 'other' }, 'InvalidIdentityTokenException'],
    ['another issuer', { iss: 'https://elsewhere' }, 'InvalidIdentityTokenException'],
    ['a token that has ended', { exp: 1_700_000_000 }, 'ExpiredTokenException'],
  ])('%s is refused', async (_what, claims, error) => {
    await expect(web({}, await lab.oidc.mint('sts.amazonaws.com', claims))).rejects.toEqual(name(error));
  });

  test('a forged signature is refused', async () => {
    const [header, payload, signature = ''] = (await lab.oidc.mint('sts.amazonaws.com')).split('.');
    const forged = `${header}.${payload}.${signature.slice(0, -8)}AAAAAAAA`;
    await expect(web({}, forged)).rejects.toEqual(name('InvalidIdentityTokenException'));
  });

  test.each<[string, object, string]>([
    ['a role that does not exist', { RoleArn: `${DEPLOY}-x` }, 'AccessDenied'],
    [
      'an account without provider',
      { RoleArn: 'arn:aws:iam::222222222222:role/deploy' },
      'InvalidIdentityTokenException',
    ],
    ['longer than the role allows', { DurationSeconds: 3601 }, 'ValidationError'],
    ['shorter than STS allows', { DurationSeconds: 899 }, 'ValidationError'],
    ['longer than STS allows', { DurationSeconds: 43_201 }, 'ValidationError'],
    ['a session name with a slash', { RoleSessionName: 'a/b' }, 'ValidationError'],
    ['a session name of one character', { RoleSessionName: 'a' }, 'ValidationError'],
    ['a policy that is none', { Policy: '{"Statement":' }, 'MalformedPolicyDocumentException'],
    ['a policy too long', { Policy: 'x'.repeat(2049) }, 'ValidationError'],
  ])('%s is refused', async (_what, parameters, error) => {
    await expect(web(parameters)).rejects.toEqual(name(error));
  });

  test.each<[string, () => void, string]>([
    [
      'immutable',
      () => (lab.oidc.job.immutableSubject = true),
      'repo:octo-org@9919/octo-app@74:ref:refs/heads/main',
    ],
    [
      'of an environment',
      () => (lab.oidc.job.environment = 'prod'),
      'repo:octo-org/octo-app:environment:prod',
    ],
    [
      'of a pull request',
      () => (lab.oidc.job.eventName = 'pull_request'),
      'repo:octo-org/octo-app:pull_request',
    ],
    [
      'customised',
      () => (lab.oidc.job.subjectClaimKeys = ['repository_owner', 'ref']),
      'repository_owner:octo-org:ref:refs/heads/main',
    ],
  ])('the subject %s', async (_what, change, subject) => {
    const before = { ...lab.oidc.job };
    change();
    const [, payload = ''] = (await lab.oidc.mint('x')).split('.');
    lab.oidc.job = before;
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: subject });
  });
});

describe('signed requests', () => {
  test.each<[string, Keys, string]>([
    ['an unknown key', { ...USER, accessKeyId: 'AKIANOBODY0000000000' }, 'InvalidClientTokenId'],
    ['a wrong secret', { ...USER, secretAccessKey: 'wrong' }, 'SignatureDoesNotMatch'],
    ['a token beside a long-lived key', { ...USER, sessionToken: 'x' }, 'InvalidClientTokenId'],
  ])('with %s are refused', async (_what, keys, error) => {
    await expect(assume({}, keys)).rejects.toEqual(name(error));
  });

  test('with a session whose time is up are refused', async () => {
    const keys = keysOf(await assume());
    skewMs = 3_601_000;
    // The lab's clock alone went on, so the signature is made for the lab's time.
    const late = new sdk.STSClient({
      region: 'eu-west-1',
      endpoint: lab.sts.url,
      credentials: keys,
      systemClockOffset: skewMs,
    });
    const refusal = late.send(new sdk.GetCallerIdentityCommand({}));
    await expect(refusal).rejects.toEqual(name('ExpiredToken'));
    skewMs = 0;
  });

  test('without signature are refused', async () => {
    const response = await fetch(lab.sts.url, {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity' }),
    });
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('MissingAuthenticationToken'),
    ]);
  });
});

describe('AssumeRole', () => {
  test('a chained session lasts an hour at most', async () => {
    const role = lab.world.accounts['111111111111']?.roles;
    role?.push({ name: 'long', trustPolicy: awsTrust(BY_USER), maxSessionSeconds: 43_200 });
    const keys = keysOf(await assume({ DurationSeconds: 43_200 }));
    const RoleArn = 'arn:aws:iam::111111111111:role/long';
    await expect(assume({ RoleArn, DurationSeconds: 3601 }, keys)).rejects.toEqual(name('ValidationError'));
    await expect(assume({ RoleArn, DurationSeconds: 3600 }, keys)).resolves.toBeDefined();
  });

  test('tags need sts:TagSession, a source identity sts:SetSourceIdentity', async () => {
    const trustPolicy = {
      Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:AssumeRole' },
    } as const;
    lab.world.accounts['111111111111']?.roles.push({ name: 'plain', trustPolicy });
    const RoleArn = 'arn:aws:iam::111111111111:role/plain';
    await expect(assume({ RoleArn })).resolves.toBeDefined();
    const tagged = assume({ RoleArn, Tags: [{ Key: 'a', Value: 'b' }] });
    await expect(tagged).rejects.toThrow('sts:TagSession');
    await expect(assume({ RoleArn, SourceIdentity: 'me' })).rejects.toThrow('sts:SetSourceIdentity');
  });

  test.each<[string, sdk.Tag[]]>([
    ['reserved', [{ Key: 'aws:x', Value: '' }]],
    [
      'doubled but for case',
      [
        { Key: 'a', Value: '' },
        { Key: 'A', Value: '' },
      ],
    ],
    ['too many', Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }))],
    ['too long', [{ Key: 'a', Value: 'x'.repeat(257) }]],
  ])('tags that are %s are refused', async (_what, Tags) => {
    await expect(assume({ Tags })).rejects.toEqual(name('ValidationError'));
  });

  test('policies and tags share one room', async () => {
    const Tags = Array.from({ length: 4 }, (_, index) => ({ Key: `key-${index}`, Value: 'x'.repeat(200) }));
    expect((await assume({ Tags })).PackedPolicySize).toBeGreaterThan(50);
    const Policy = JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: 'x'.repeat(900) }],
    });
    await expect(assume({ Tags, Policy })).rejects.toEqual(name('PackedPolicyTooLargeException'));
  });

  test('a wrong code of a second factor is refused', async () => {
    const mfa = { SerialNumber: 'arn:aws:iam::111111111111:mfa/ci', TokenCode: '000000' };
    await expect(assume(mfa)).rejects.toThrow('MultiFactorAuthentication failed');
  });

  test("a caller whose own policy is silent is refused, and so is one whose session policy's time is up", async () => {
    const user = lab.world.accounts['111111111111']?.users?.[0];
    if (user === undefined) throw new Error('the world of this test is wrong');
    user.permissions = { Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' } };
    await expect(assume()).rejects.toEqual(name('AccessDenied'));
    delete user.permissions;
  });

  test('a region that the account has not enabled is refused', async () => {
    const account = lab.world.accounts['111111111111'];
    if (account === undefined) throw new Error('the world of this test is wrong');
    account.disabledRegions = ['eu-west-1'];
    await expect(assume()).rejects.toEqual(name('RegionDisabledException'));
    account.disabledRegions = [];
  });
});

describe('operations for users', () => {
  test('GetSessionToken and GetFederationToken take long-lived keys alone', async () => {
    const session = keysOf(await client().send(new sdk.GetSessionTokenCommand({})));
    const again = client(session).send(new sdk.GetSessionTokenCommand({}));
    await expect(again).rejects.toEqual(name('AccessDenied'));
    const federated = await client().send(new sdk.GetFederationTokenCommand({ Name: 'ci' }));
    expect(federated.FederatedUser?.Arn).toBe('arn:aws:sts::111111111111:federated-user/ci');
  });
});

describe('AssumeRoleWithSAML', () => {
  test('takes an assertion that the provider signed, and no other', async () => {
    const { publicKey, privateKey } = rsaKeys();
    const other = rsaKeys();
    const account = lab.world.accounts['111111111111'];
    const provider = 'arn:aws:iam::111111111111:saml-provider/corp';
    const trustPolicy = {
      Statement: { Effect: 'Allow', Principal: { Federated: provider }, Action: 'sts:AssumeRoleWithSAML' },
    } as const;
    account?.roles.push({ name: 'saml', trustPolicy });
    if (account !== undefined) account.samlProviders = [{ name: 'corp', publicKey }];
    const RoleArn = 'arn:aws:iam::111111111111:role/saml';
    const send = (key: string, roles = [`${RoleArn},${provider}`]) =>
      client().send(
        new sdk.AssumeRoleWithSAMLCommand({
          RoleArn,
          PrincipalArn: provider,
          SAMLAssertion: makeAssertion(roles, key, Date.now()),
        }),
      );
    expect((await send(privateKey)).AssumedRoleUser?.Arn).toBe(
      'arn:aws:sts::111111111111:assumed-role/saml/alice',
    );
    await expect(send(other.privateKey)).rejects.toEqual(name('InvalidIdentityTokenException'));
    await expect(send(privateKey, [])).rejects.toEqual(name('AccessDenied'));
  });
});

test('trust in another audience or account does not carry over', async () => {
  lab.world.accounts['333333333333']?.oidcProviders.push({
    url: 'token.actions.githubusercontent.com',
    audiences: ['sts.amazonaws.com'],
  });
  const roles = lab.world.accounts['333333333333']?.roles;
  roles?.push({ name: 'elsewhere', trustPolicy: gitHubTrust('111111111111', 'repo:*') });
  await expect(web({ RoleArn: 'arn:aws:iam::333333333333:role/elsewhere' })).rejects.toEqual(
    name('AccessDenied'),
  );
});
