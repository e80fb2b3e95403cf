import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../src/config/read-config.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import { PUSH, verdictOn } from '../../support/events.ts';

const JOB = { repository: 'octo-org/octo-app', runId: '42' };
const MINIMAL = { 'aws-region': 'eu-west-1', 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' };

/** The environment of a job that may ask for an OIDC token. */
const ENV = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer', GITHUB_REPOSITORY: 'octo-org/octo-app' };

const read = (inputs: Record<string, string>, env = ENV, pullRequest = PUSH) =>
  readConfig({ text: (name) => inputs[name] ?? '', job: JOB, env, pullRequest });

function refusal(inputs: Record<string, string>): ActionError {
  try {
    read({ ...MINIMAL, ...inputs });
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('the inputs were accepted');
}

describe('what two inputs alone mean', () => {
  test('the defaults of everything else', () => {
    expect(read(MINIMAL)).toMatchObject({
      region: 'eu-west-1',
      partition: { id: 'aws' },
      identity: { kind: 'github-oidc', audience: 'sts.amazonaws.com', otherAudience: undefined },
      roles: [
        {
          arn: 'arn:aws:iam::111111111111:role/deploy',
          partition: 'aws',
          accountId: '111111111111',
          path: '/',
          name: 'deploy',
        },
      ],
      session: {
        operation: 'get-caller-identity',
        name: 'octo-org.octo-app-42',
        duration: undefined,
        policyArns: [],
        plainSecret: false,
      },
      guards: { allowedAccountIds: undefined, minimumRemainingSeconds: undefined },
      delivery: {
        environment: true,
        outputs: false,
        keys: true,
        region: undefined,
        profile: undefined,
        unsetCurrent: false,
        maskAccountId: false,
        maskAccessKeyId: true,
      },
      dryRun: false,
      useExisting: false,
      timeoutSeconds: 60,
      maxAttempts: 12,
    });
  });

  test('white space around a value, as YAML block scalars leave it, does not count', () => {
    expect(read({ ...MINIMAL, 'aws-region': ' eu-west-1\n' }).region).toBe('eu-west-1');
  });
});

describe('values that emulators or configure-aws-credentials accept', () => {
  test('keys of a few letters', () => {
    const keys = { 'aws-access-key-id': 'test', 'aws-secret-access-key': 'test' };
    expect(read({ ...MINIMAL, ...keys }).identity).toMatchObject({
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });

  test('no seconds at all, for the default', () => {
    expect(read({ ...MINIMAL, 'role-duration-seconds': '0' }).session.duration).toEqual({
      kind: 'seconds',
      seconds: 3600,
    });
  });

  test('aws-global, of partition aws', () => {
    expect(read({ ...MINIMAL, 'aws-region': 'aws-global' })).toMatchObject({
      region: 'aws-global',
      partition: { id: 'aws' },
    });
  });
});

describe('values that are refused', () => {
  test.each([
    ['aws-region', ''],
    ['aws-region', 'eu west-1'],
    ['aws-region', 'eu-west-1\nAWS_PROFILE=x'],
    ['aws-region', 'Ireland'],
    ['role-to-assume', 'arn:aws:iam::1111:role/deploy'],
    ['role-to-assume', 'arn:aws:iam::111111111111:user/deploy'],
    ['role-to-assume', 'arn:aws:iam::111111111111:role/'],
    ['role-to-assume', 'arn:aws:iam::111111111111:role/deploy\nx'],
    ['role-to-assume', 'arn:aws-moon:iam::111111111111:role/deploy'],
    ['role-chain', 'arn:aws:iam::111111111111:role/ok\narn:aws:iam::1:role/x'],
    ['role-duration-seconds', '2h'],
    ['role-duration-seconds', '-1'],
    ['role-duration-seconds', '1e3'],
    ['role-duration-seconds', '3600.5'],
    ['role-duration-seconds', '59'],
    ['role-duration-seconds', '43201'],
    ['role-session-name', 'a/b'],
    ['role-session-name', 'a'],
    ['role-session-name', 'x'.repeat(65)],
    ['role-external-id', 'a'],
    ['role-external-id', 'with space'],
    ['inline-session-policy', 'Allow everything'],
    ['inline-session-policy', '[]'],
    ['inline-session-policy', 'null'],
    ['inline-session-policy', JSON.stringify({ Statement: 'x'.repeat(2048) })],
    ['managed-session-policies', 'ReadOnlyAccess'],
    ['managed-session-policies', Array(11).fill('arn:aws:iam::aws:policy/ReadOnlyAccess').join('\n')],
    ['allowed-account-ids', '11111111111'],
    ['allowed-account-ids', '111111111111,'.concat('22222222222a')],
    ['allowed-account-ids', ','],
    ['audience', 'two words'],
    ['aws-access-key-id', '"AKIAIOSFODNN7EXAMPLE"'],
    ['aws-access-key-id', 'id=AKIAIOSFODNN7EXAMPLE'],
    ['aws-access-key-id', 'x'.repeat(129)],
    ['aws-secret-access-key', 'with space'],
    ['aws-secret-access-key', "'quoted'"],
    ['sts-endpoint', 'sts.eu-west-1.amazonaws.com'],
    ['sts-endpoint', 'https://user:secret@sts.example.com'],
    ['output-credentials', 'yes'],
    ['dry-run', '1'],
    ['action-timeout-s', '1m'],
  ])('%s = %j', (input, value) => {
    const error = refusal({ [input]: value });
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.message).toContain(`The input ${input} is not valid`);
    expect(error.message).toMatch(/found: .*\n.*expected: .*\n.*next: /);
  });

  test('all problems are reported together, each with its input', () => {
    const error = refusal({ 'aws-region': 'x y', 'role-duration-seconds': '2h', 'role-session-name': 'a/b' });
    expect(error.message.split('\n')).toEqual([
      '3 inputs are not valid. [INVALID_INPUT]',
      '  The input aws-region is not valid.',
      '    found:    x y',
      '    expected: the code of an AWS region, such as eu-west-1',
      '    next:     Use a code from the list of AWS Regions.',
      '  The input role-session-name is not valid.',
      '    found:    a/b',
      '    expected: 2 to 64 letters, digits or any of _+=,.@-',
      '    next:     Replace other characters, such as slashes and spaces, with hyphens.',
      '  The input role-duration-seconds is not valid.',
      '    found:    2h',
      '    expected: a whole number of seconds from 60 to 43200, or max',
      '    next:     Write digits only, such as 3600.',
      '  next:     Correct each of them. The action sent no request to GitHub or AWS.',
    ]);
  });

  test('a value with a line break is shown on one line', () => {
    expect(refusal({ 'aws-region': 'a\n::set-env::b' }).details.found).toBe('a\\n::set-env::b');
  });
});

describe('values that are accepted', () => {
  test('a role path is kept', () => {
    const arn = 'arn:aws:iam::111111111111:role/teams/payments/deploy';
    expect(read({ ...MINIMAL, 'role-to-assume': arn }).roles[0]).toEqual({
      arn,
      partition: 'aws',
      accountId: '111111111111',
      path: '/teams/payments/',
      name: 'deploy',
    });
  });

  test('account ids in commas, spaces and lines; stray commas do not open the guard', () => {
    expect(
      read({ ...MINIMAL, 'allowed-account-ids': ',111111111111, 222222222222\n333333333333' }).guards
        .allowedAccountIds,
    ).toEqual(['111111111111', '222222222222', '333333333333']);
  });

  test('an inline policy loses its layout, which STS would count', () => {
    expect(
      read({ ...MINIMAL, 'inline-session-policy': '{\n  "Statement": []\n}' }).session.inlinePolicy,
    ).toBe('{"Statement":[]}');
  });
});

test('a role of another partition than the region is refused, naming both', () => {
  const error = refusal({ 'aws-region': 'cn-north-1' });
  expect(error.details).toMatchObject({
    problem: 'The input role-to-assume is not valid.',
    expected: 'a role of partition aws-cn, to which aws-region belongs',
  });
});

describe('roles for pull requests', () => {
  const READ = 'arn:aws:iam::111111111111:role/read';
  const both = { ...MINIMAL, 'role-for-pull-requests': READ, 'role-chain': 'further' };
  const rolesFor = (event: string, inputs: Record<string, string> = both) =>
    read(inputs, ENV, verdictOn(event)).roles.map((role) => ('arn' in role ? role.arn : role.name));

  test.each(['pull_request', 'pull_request_target', 'pull_request_review', 'merge_group', 'workflow_run'])(
    'take the place of all others for %s',
    (event) => expect(rolesFor(event)).toEqual([READ]),
  );

  test.each(['push', 'schedule', 'workflow_dispatch', 'release'])('have no effect for %s', (event) =>
    expect(rolesFor(event)).toEqual([MINIMAL['role-to-assume'], 'arn:aws:iam::111111111111:role/further']),
  );

  test('can be a chain', () => {
    const chain = { ...MINIMAL, 'role-for-pull-requests': `${READ}\nfurther` };
    expect(rolesFor('pull_request', chain)).toEqual([READ, 'arn:aws:iam::111111111111:role/further']);
  });

  test('are the ones at fault if they are not of the partition of aws-region', () => {
    const foreign = { ...MINIMAL, 'role-for-pull-requests': READ.replace('aws', 'aws-cn') };
    expect(() => rolesFor('pull_request', foreign)).toThrow(
      /^The input role-for-pull-requests is not valid.*\n.*aws-cn/,
    );
  });

  test('none is the same as no input', () => {
    expect(read({ ...MINIMAL, 'role-for-pull-requests': 'none' }).roleChoice).toBeUndefined();
    expect(rolesFor('pull_request', { ...MINIMAL, 'role-for-pull-requests': 'none' })).toEqual([
      MINIMAL['role-to-assume'],
    ]);
  });

  test('an empty text, as of a variable that is not set, does not lead to the other role', () => {
    expect(() => rolesFor('pull_request', MINIMAL)).toThrow(/^The input role-for-pull-requests is not valid/);
    expect(rolesFor('push', MINIMAL)).toEqual([MINIMAL['role-to-assume']]);
  });

  test('do not need role-to-assume for pull requests, and do for others', () => {
    const only = { 'aws-region': 'eu-west-1', 'role-for-pull-requests': READ };
    expect(rolesFor('pull_request', only)).toEqual([READ]);
    expect(() => read({ ...only, auth: 'ambient' })).toThrow(/the event push is not of a pull request/);
  });
});
