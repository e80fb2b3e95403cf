import { describe, expect, test } from '@jest/globals';
import {
  accountOfArn,
  completeRoles,
  isComplete,
  isSessionOf,
  parseBareRole,
  parseRoleArn,
  parseStoreRoleArn,
  roleOfSession,
} from '../../../src/aws/arn.ts';

const ACCOUNT = '111111111111';
const role = (rest: string) => `arn:aws:iam::${ACCOUNT}:role${rest}`;
/** A path with a slash at both ends. */
const path = (length: number) => `/${'p'.repeat(length - 2)}/`;

describe('a role ARN', () => {
  test.each([
    [role('/deploy'), 'aws', '/', 'deploy'],
    [role('/teams/payments/deploy'), 'aws', '/teams/payments/', 'deploy'],
    [role('/a:b/deploy'), 'aws', '/a:b/', 'deploy'],
    [role('/A1_+=,.@-'), 'aws', '/', 'A1_+=,.@-'],
    [`arn:aws-us-gov:iam::${ACCOUNT}:role/deploy`, 'aws-us-gov', '/', 'deploy'],
    [role(`${path(512)}deploy`), 'aws', path(512), 'deploy'],
    [role(`/${'n'.repeat(64)}`), 'aws', '/', 'n'.repeat(64)],
  ])('%s', (arn, partition, at, name) => {
    expect(parseRoleArn(arn)).toEqual({ arn, partition, accountId: ACCOUNT, path: at, name });
  });

  test.each([
    ['no ARN', 'deploy'],
    ['an empty text', ''],
    ['a partition that does not exist', `arn:aws-mars:iam::${ACCOUNT}:role/deploy`],
    ['another service', `arn:aws:sts::${ACCOUNT}:role/deploy`],
    ['another resource', `arn:aws:iam::${ACCOUNT}:user/deploy`],
    ['11 digits', 'arn:aws:iam::11111111111:role/deploy'],
    ['13 digits', 'arn:aws:iam::1111111111111:role/deploy'],
    ['no name', role('/')],
    ['a name that is too long', role(`/${'n'.repeat(65)}`)],
    ['a path that is too long', role(`${path(513)}deploy`)],
    ['an empty part of a path', role('/a//deploy')],
    ['text before it', ` ${role('/deploy')}`],
    ['text after it', `${role('/deploy')}\n`],
  ])('is not %s', (_what, text) => {
    expect(parseRoleArn(text)).toBeUndefined();
  });
});

describe('the ARN of a role in a store', () => {
  test.each([
    ['arn:minio:iam:::role/oxnUw3DAuQF1uggjXGxI2AmW8IA', 'minio', '/', 'oxnUw3DAuQF1uggjXGxI2AmW8IA'],
    ['arn:minio:iam:us-east-1::role/dev-team', 'minio', '/', 'dev-team'],
    ['arn:aws:iam:::role/teams/deploy', 'aws', '/teams/', 'deploy'],
  ])('%s', (arn, partition, at, name) => {
    expect(parseStoreRoleArn(arn)).toEqual({ arn, partition, accountId: '', path: at, name });
    expect(parseRoleArn(arn)).toBeUndefined();
  });

  test.each([
    ['an ARN with an account', role('/deploy')],
    ['another partition', 'arn:aws-cn:iam:::role/deploy'],
    ['another resource', 'arn:minio:iam:::user/deploy'],
    ['no name', 'arn:minio:iam:::role/'],
    ['text after it', 'arn:minio:iam:::role/deploy\n'],
  ])('is not %s', (_what, text) => {
    expect(parseStoreRoleArn(text)).toBeUndefined();
  });
});

describe('a role without its account', () => {
  test.each([
    ['deploy', '/', 'deploy'],
    ['/deploy', '/', 'deploy'],
    ['teams/payments/deploy', '/teams/payments/', 'deploy'],
    ['/teams/deploy', '/teams/', 'deploy'],
    [`${path(512)}deploy`, path(512), 'deploy'],
    [`${path(512).slice(1)}deploy`, path(512), 'deploy'],
  ])('%s', (text, at, name) => {
    expect(parseBareRole(text)).toEqual({ path: at, name });
  });

  test.each([
    ['an ARN', role('/deploy')],
    ['an empty text', ''],
    ['a path alone', 'teams/'],
    ['a name that is too long', 'n'.repeat(65)],
    ['a path that is too long', `${path(513)}deploy`],
    ['a path that is too long, without its first slash', `${path(513).slice(1)}deploy`],
  ])('is not %s', (_what, text) => {
    expect(parseBareRole(text)).toBeUndefined();
  });
});

describe('a role given by name has the account of the role before it', () => {
  const [HUB, SPOKE] = ['1', '2'].map((digit) => parseRoleArn(`arn:aws:iam::${digit.repeat(12)}:role/a`));
  const NAME = { path: '/team/', name: 'deploy' };
  const arns = (firstAccount: string | undefined) =>
    completeRoles([NAME, HUB ?? NAME, NAME, SPOKE ?? NAME, NAME], 'aws-cn', firstAccount).map((one) =>
      isComplete(one) ? one.arn : one.name,
    );
  const REST = [
    role('/a'),
    `arn:aws-cn:iam::${ACCOUNT}:role/team/deploy`,
    'arn:aws:iam::222222222222:role/a',
    'arn:aws-cn:iam::222222222222:role/team/deploy',
  ];

  test('or the given one, where it is the first', () => {
    expect(arns('333333333333')).toEqual(['arn:aws-cn:iam::333333333333:role/team/deploy', ...REST]);
  });

  test('or stays as it is', () => {
    expect(arns(undefined)).toEqual(['deploy', ...REST]);
  });

  test('and all its parts', () => {
    expect(completeRoles([NAME], 'aws', ACCOUNT)).toEqual([parseRoleArn(role('/team/deploy'))]);
  });
});

test.each([
  ['arn:aws:sts::111111111111:assumed-role/deploy/x', ACCOUNT],
  ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'aws'],
  ['deploy', ''],
])('the account in %s is %j', (arn, account) => {
  expect(accountOfArn(arn)).toBe(account);
});

describe('the role of a session', () => {
  const SESSION = `arn:aws-cn:sts::${ACCOUNT}:assumed-role/deploy/octo-org`;

  test('is in its ARN, without its path', () => {
    expect(roleOfSession(SESSION)).toEqual({ partition: 'aws-cn', accountId: ACCOUNT, name: 'deploy' });
  });

  test.each([
    `arn:aws:iam::${ACCOUNT}:user/ci`,
    `arn:aws:sts::${ACCOUNT}:federated-user/ci`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/deploy`,
    'arn:aws:sts::1:assumed-role/deploy/x',
    ` ${SESSION}`,
    '',
  ])('is not in %j', (arn) => {
    expect(roleOfSession(arn)).toBeUndefined();
  });

  test.each([
    [`arn:aws-cn:iam::${ACCOUNT}:role/deploy`, true],
    [`arn:aws-cn:iam::${ACCOUNT}:role/a/path/deploy`, true],
    [`arn:aws:iam::${ACCOUNT}:role/deploy`, false],
    ['arn:aws-cn:iam::222222222222:role/deploy', false],
    [`arn:aws-cn:iam::${ACCOUNT}:role/deploy-2`, false],
  ])('is %s: %s', (arn, expected) => {
    const configured = parseRoleArn(arn);
    if (configured === undefined) throw new TypeError(arn);
    expect(isSessionOf(SESSION, configured)).toBe(expected);
    expect(isSessionOf('', configured)).toBe(false);
  });
});
