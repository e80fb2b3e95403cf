import { describe, expect, test } from '@jest/globals';
import { issuerServer } from '../../../src/diagnosis/issuer-server.ts';
import { statementForDenial, statementForRun } from '../../../src/diagnosis/statement-for-run.ts';
import { CALLER, deniedCaller, deniedToken, HUB, MAIN, PUSH } from './denials.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const STATEMENT = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com', [`${GITHUB}:sub`]: MAIN } },
};

describe('the statement that allows a run with a token', () => {
  test.each(['STS_ACCESS_DENIED', 'TRUST_POLICY_MISMATCH', 'STS_PROVIDER_NOT_FOUND'] as const)(
    'after %s',
    (code) => {
      expect(statementForRun(deniedToken({}, { code }))).toEqual(STATEMENT);
    },
  );

  test('is not printed where the trust policy is not the cause', () => {
    expect(statementForDenial(deniedToken({}, { code: 'STS_TOKEN_EXPIRED' }))).toBeUndefined();
    expect(statementForDenial(deniedToken({}))).toBeDefined();
  });

  test('takes the first of several audiences', () => {
    const { Condition } = statementForRun(deniedToken({ aud: ['first', 'second'] })) ?? {};
    expect(Condition?.StringEquals?.[`${GITHUB}:aud`]).toBe('first');
  });

  test.each([
    ['74', '74'],
    [74, '74'],
    [undefined, undefined],
    [{}, undefined],
  ])('names the repository beside a customised subject: ID %j', (id, expected) => {
    const statement = statementForRun(deniedToken({ sub: 'environment:production', repository_id: id }));
    expect(statement?.Condition?.StringEquals?.[`${GITHUB}:repository_id`]).toBe(expected);
  });
});

describe('the statement that allows a caller', () => {
  test('has the actions that the request needs', () => {
    expect(statementForRun(deniedCaller())).toEqual({
      Effect: 'Allow',
      Principal: { AWS: HUB },
      Action: 'sts:AssumeRole',
    });
    const tags = [{ key: 'Team', value: 'x', optional: false }];
    expect(statementForRun(deniedCaller({ tags, sourceIdentity: 'me', externalId: 'xy' }))).toEqual({
      Effect: 'Allow',
      Principal: { AWS: HUB },
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      Condition: { StringEquals: { 'sts:ExternalId': 'EXTERNAL-ID' } },
    });
  });

  test('is not there for an unknown caller, for the root user, and for SAML', () => {
    expect(statementForRun(deniedCaller({}, { caller: undefined }))).toBeUndefined();
    const root = { ...CALLER, arn: 'arn:aws:iam::111111111111:root' };
    expect(statementForRun(deniedCaller({}, { caller: root }))).toBeUndefined();
    expect(statementForRun({ ...deniedToken(), claims: undefined, caller: CALLER })).toBeUndefined();
  });
});

describe('the server of an issuer', () => {
  const GHES = 'https://ghes.example/_services/token';
  test.each<[string, Record<string, string>, string | undefined]>([
    [String(PUSH.iss), {}, undefined],
    [`${PUSH.iss}/octo-enterprise`, { GITEA_ACTIONS: 'true' }, undefined],
    [`https://x.${GITHUB}`, {}, 'a server other than github.com'],
    [`${PUSH.iss}.example`, {}, 'a server other than github.com'],
    ['https://codeberg.example', { FORGEJO_ACTIONS: 'true', GITEA_ACTIONS: 'true' }, 'Forgejo'],
    ['https://gitea.example', { FORGEJO_ACTIONS: 'false', GITEA_ACTIONS: 'true' }, 'Gitea'],
    ['https://gitea.example', { GITEA_ACTIONS: 'false' }, 'a server other than github.com'],
    ['https://token.actions.octo.ghe.com', {}, 'GitHub Enterprise Cloud with data residency'],
    ['https://token.actions.octo.ghe.com/x', {}, 'GitHub Enterprise Cloud with data residency'],
    ['https://ghe.community.example', {}, 'a server other than github.com'],
    ['https://x.ghe.company', {}, 'a server other than github.com'],
    [GHES, {}, 'GitHub Enterprise Server'],
    [`${GHES}/octo`, {}, 'GitHub Enterprise Server'],
    [`${GHES}s`, {}, 'a server other than github.com'],
    ['https://forge.example/api/actions', {}, 'Forgejo or Gitea'],
    ['https://forge.example/api/actions/x', {}, 'Forgejo or Gitea'],
    ['https://forge.example/api/actionsx', {}, 'a server other than github.com'],
  ])('%s with %j: %s', (issuer, env, server) => {
    expect(issuerServer(issuer, env)).toBe(server);
  });

  test('needs no variables', () => {
    expect(issuerServer(GHES)).toBe('GitHub Enterprise Server');
  });
});
