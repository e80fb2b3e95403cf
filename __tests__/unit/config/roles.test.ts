import { describe, expect, test } from '@jest/globals';
import { partitionOfRegion } from '../../../src/aws/partitions.ts';
import type { IdentityConfig } from '../../../src/config/config.ts';
import { givenRoles } from '../../../src/config/role-choice.ts';
import { checkPartition, completeGivenRoles } from '../../../src/config/roles.ts';
import { PUSH } from '../../support/events.ts';
import { type Inputs, problemsIn, readerOf } from './problems.ts';

const ONE = '111111111111';
const TWO = '222222222222';
const arn = (account: string, name: string, partition = 'aws') =>
  `arn:${partition}:iam::${account}:role/${name}`;

const OIDC: IdentityConfig = { kind: 'github-oidc', audience: 'a', otherAudience: undefined };
const TOKEN_FILE: IdentityConfig = { kind: 'web-identity-file', path: '/var/token' };
const AMBIENT: IdentityConfig = { kind: 'ambient', insteadOfOidc: false, ignoreVariables: false };
const SAML: IdentityConfig = {
  kind: 'saml',
  assertion: 'x',
  providerArn: `arn:aws:iam::${TWO}:saml-provider/corp`,
};

interface Setting {
  readonly identity?: IdentityConfig | undefined;
  readonly allowed?: readonly string[];
  readonly region?: string | undefined;
}

function read(inputs: Inputs, { identity, allowed, region = 'eu-west-1' }: Setting = {}) {
  const reader = readerOf(inputs);
  const guards = { allowedAccountIds: allowed, minimumRemainingSeconds: undefined };
  const partition = region === 'none' ? undefined : partitionOfRegion(region);
  const given = givenRoles(reader, PUSH);
  const roles = completeGivenRoles(reader, given, { partition, identity, guards });
  return { roles: roles.map((role) => ('arn' in role ? role.arn : role.name)), problems: problemsIn(reader) };
}

describe('the account of a role that is given by name', () => {
  const bare = { 'role-to-assume': 'deploy', 'role-chain': 'next' };

  test.each<[string, Setting, readonly string[]]>([
    ['is the only allowed one', { allowed: [ONE] }, [arn(ONE, 'deploy'), arn(ONE, 'next')]],
    ['is that of the SAML provider', { identity: SAML }, [arn(TWO, 'deploy'), arn(TWO, 'next')]],
    [
      'is rather the only allowed one',
      { identity: SAML, allowed: [ONE] },
      [arn(ONE, 'deploy'), arn(ONE, 'next')],
    ],
    ['is not one of several', { identity: AMBIENT, allowed: [ONE, TWO] }, ['deploy', 'next']],
    ['is looked up later', { identity: AMBIENT }, ['deploy', 'next']],
    ['is looked up later when another input is not valid', { identity: undefined }, ['deploy', 'next']],
    ['is not known without a partition', { allowed: [ONE], region: 'none' }, ['deploy', 'next']],
  ])('%s', (_title, setting, roles) => {
    expect(read(bare, setting)).toEqual({ roles, problems: [] });
  });

  test('is that of the role before', () => {
    const chain = `${arn(ONE, 'a')}\nb\n${arn(TWO, 'c')}\nd`;
    expect(read({ 'role-to-assume': 'deploy', 'role-chain': chain }, { identity: AMBIENT })).toEqual({
      roles: ['deploy', arn(ONE, 'a'), arn(ONE, 'b'), arn(TWO, 'c'), arn(TWO, 'd')],
      problems: [],
    });
  });

  test.each([['github-oidc', OIDC] as const, ['web-identity-file', TOKEN_FILE] as const])(
    'has to be given with %s, as a token belongs to no account',
    (_kind, identity) => {
      expect(read(bare, { identity })).toEqual({
        roles: ['deploy', 'next'],
        problems: ['role-to-assume: deploy', 'role-chain: next'],
      });
      expect(read(bare, { identity, allowed: [ONE] }).problems).toEqual([]);
    },
  );
});

describe('a role of another partition', () => {
  test('is a problem of the input that has it', () => {
    const foreign = arn(ONE, 'x', 'aws-cn');
    expect(read({ 'role-to-assume': foreign, 'role-chain': arn(ONE, 'y') }).problems).toEqual([
      `role-to-assume: ${foreign}`,
    ]);
    expect(read({ 'role-to-assume': arn(ONE, 'y'), 'role-chain': foreign }).problems).toEqual([
      `role-chain: ${foreign}`,
    ]);
    expect(read({ 'role-chain': foreign }).problems).toEqual([`role-chain: ${foreign}`]);
    expect(read({ 'role-to-assume': foreign }, { region: 'cn-north-1' }).problems).toEqual([]);
    expect(read({ 'role-to-assume': foreign }, { region: 'none' }).problems).toEqual([]);
  });

  test('is not known without a region', () => {
    const reader = readerOf({});
    const role = { arn: arn(ONE, 'x', 'aws-cn'), partition: 'aws-cn', accountId: ONE, path: '/', name: 'x' };
    checkPartition(reader, 'profiles', role, undefined);
    expect(problemsIn(reader)).toEqual([]);
    checkPartition(reader, 'profiles', role, partitionOfRegion('eu-west-1'));
    expect(problemsIn(reader)).toEqual([`profiles: ${role.arn}`]);
  });
});
