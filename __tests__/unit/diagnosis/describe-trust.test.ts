import { describe, expect, test } from '@jest/globals';
import { DEFAULT_DURATION } from '../../../src/aws/durations.ts';
import {
  describeStatement,
  pageLink,
  providerCommand,
  setupCommands,
} from '../../../src/diagnosis/describe-trust.ts';
import { statementForRun } from '../../../src/diagnosis/statement-for-run.ts';
import type { RoleSessionRequest } from '../../../src/plan/plan.ts';
import { setupInFragment } from '../../../src/trust/setup-link.ts';
import type { TrustStatement } from '../../../src/trust/statement.ts';
import { runWith } from './context.ts';
import { deniedCaller, deniedToken, PUSH } from './denials.ts';

const PROVIDER =
  'aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com';

const statementOf = (denial: Parameters<typeof statementForRun>[0]): TrustStatement => {
  const statement = statementForRun(denial);
  if (statement === undefined) throw new TypeError('there is no statement');
  return statement;
};

describe('a statement in the log', () => {
  const HINT =
    'Replace EXTERNAL-ID with role-external-id, or external_id of the profile. The log does not show it.';

  test('is JSON below its title', () => {
    const statement = statementOf(deniedToken());
    const [title, ...lines] = describeStatement(statement);
    expect(title).toBe('A trust policy statement for exactly this run');
    expect(JSON.parse(lines.join('\n'))).toEqual(statement);
    expect(lines.slice(0, 2)).toEqual(['  {', '    "Effect": "Allow",']);
  });

  test('says what to replace in it', () => {
    expect(describeStatement(statementOf(deniedCaller({ externalId: 'xy' }))).at(-1)).toBe(HINT);
    expect(describeStatement(statementOf(deniedCaller()))).not.toContain(HINT);
    const Condition = { StringLike: { a: 'b' } } as unknown as NonNullable<TrustStatement['Condition']>;
    expect(describeStatement({ ...statementOf(deniedCaller()), Condition })).not.toContain(HINT);
  });
});

describe('the commands that set up a role', () => {
  const { request, claims } = deniedToken();
  const statement = statementOf(deniedToken());
  const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, undefined, 2).split('\n');
  const createRole = (seconds: number) => [
    "cat > deploy-trust.json <<'EOF'",
    ...POLICY,
    'EOF',
    `aws iam create-role --role-name deploy --assume-role-policy-document file://deploy-trust.json --max-session-duration ${seconds}`,
  ];

  test('are for the identity provider of the token, and for the role', () => {
    expect(setupCommands({ ...request, duration: DEFAULT_DURATION }, claims, statement)).toEqual([
      PROVIDER,
      '',
      ...createRole(3600),
    ]);
  });

  test('are for the role alone without a token', () => {
    expect(setupCommands({ ...request, duration: DEFAULT_DURATION }, undefined, statement)).toEqual(
      createRole(3600),
    );
  });

  test.each<[RoleSessionRequest['duration'], number]>([
    [{ kind: 'seconds', seconds: 7200 }, 7200],
    [{ kind: 'seconds', seconds: 900 }, 3600],
    [{ kind: 'longest', limitSeconds: 43_200 }, 3600],
    [{ kind: 'cut', seconds: 5000 }, 3600],
  ])('let sessions last as long as the request: %j', (duration, seconds) => {
    expect(setupCommands({ ...request, duration }, undefined, statement)).toEqual(createRole(seconds));
  });
});

test.each([
  ['sts.amazonaws.com', 'sts.amazonaws.com'],
  [['first', 'second'], 'first'],
  [[], "''"],
])('the command that creates a provider has the first audience: %j', (aud, shown) => {
  expect(providerCommand({ ...PUSH, aud })).toBe(PROVIDER.replace('sts.amazonaws.com', shown));
});

describe('the link to the page', () => {
  const env = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume' };
  const ROLE = 'arn:aws:iam::111111111111:role/team/deploy';
  const role = { arn: ROLE, partition: 'aws', accountId: '111111111111', path: '/team/', name: 'deploy' };
  const link = async (inputs: Record<string, string> = {}, claims = PUSH, variables = env) => {
    const { context } = await runWith({ inputs: { 'role-to-assume': ROLE, ...inputs }, env: variables });
    return pageLink(claims, { role }, context);
  };
  const setupIn = (url = '') => setupInFragment(new URL(url).hash).setup;

  test('has the job and the role in its fragment', async () => {
    const url = await link();
    expect(url).toMatch(/^https:\/\/octo-org\.github\.io\/assume\/#/);
    expect(setupIn(url)).toMatchObject({
      partition: 'aws',
      accountId: '111111111111',
      role: 'team/deploy',
    });
  });

  test('has no account ID that the log would mask', async () => {
    const url = await link({ 'mask-aws-account-id': 'true' });
    expect(url).not.toContain('111111111111');
    expect(setupIn(url)).toMatchObject({ role: 'team/deploy', accountId: '' });
  });

  test('is missing for other servers', async () => {
    expect(await link({}, { ...PUSH, iss: 'https://ghes.test/_services/token' })).toBeUndefined();
    expect(await link({}, { ...PUSH, iss: 'https://gitea.test' })).toBeUndefined();
  });
});
