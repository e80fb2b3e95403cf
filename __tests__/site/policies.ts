/** Trust policies of all kinds, by what they are about. */
const G = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::111111111111:oidc-provider/${G}`;
const MAIN = 'repo:octo-org@123456/octo-app@456789:ref:refs/heads/main';

/** The claims of the token that the policies are about. */
export const CLAIMS = {
  iss: `https://${G}`,
  aud: 'sts.amazonaws.com',
  sub: MAIN,
  repository: 'octo-org/octo-app',
  repository_id: '456789',
  repository_owner: 'octo-org',
  repository_owner_id: '123456',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  event_name: 'push',
  actor: 'octocat',
  actor_id: '583231',
  workflow: 'deploy',
  workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main',
  job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main',
};

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

function statement(Condition: Conditions, more: object = {}): object {
  return {
    Effect: 'Allow',
    Principal: { Federated: PROVIDER },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
    ...more,
  };
}
const AUD = { [`${G}:aud`]: 'sts.amazonaws.com' };
const equals = (sub: string | readonly string[]) =>
  statement({ StringEquals: { ...AUD, [`${G}:sub`]: sub } });
const like = (sub: string | readonly string[]) =>
  statement({ StringEquals: AUD, StringLike: { [`${G}:sub`]: sub } });
const also = (operator: string, key: string, value: string | readonly string[]) =>
  statement({ StringEquals: { ...AUD, [`${G}:sub`]: MAIN }, [operator]: { [key]: value } });
const whole = (...statements: readonly object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2);

export const POLICIES: readonly (readonly [name: string, policy: string])[] = [
  ['exactly this subject', whole(equals(MAIN))],
  ['one of two subjects', whole(equals(['repo:octo-org/octo-app:ref:refs/heads/main', MAIN]))],
  ['the subject without IDs', whole(equals('repo:octo-org/octo-app:ref:refs/heads/main'))],
  ['another branch', whole(equals(MAIN.replace('main', 'release')))],
  ['an environment', whole(equals('repo:octo-org@123456/octo-app@456789:environment:production'))],
  ['pull requests', whole(equals('repo:octo-org@123456/octo-app@456789:pull_request'))],
  ['a wildcard under StringEquals', whole(equals('repo:octo-org@123456/octo-app@456789:*'))],
  ['everything of the repository', whole(like('repo:octo-org@123456/octo-app@456789:*'))],
  ['everything of the owner', whole(like('repo:octo-org@123456/*'))],
  ['owners with a similar name', whole(like('repo:octo-org*'))],
  ['every repository', whole(like('repo:*'))],
  ['branches with a similar name', whole(like('repo:octo-org@123456/octo-app@456789:ref:refs/heads/ma*'))],
  ['a question mark', whole(like('repo:octo-org@123456/octo-app@45678?:ref:refs/heads/main'))],
  ['no audience', whole(statement({ StringEquals: { [`${G}:sub`]: MAIN } }))],
  ['another audience', whole(statement({ StringEquals: { [`${G}:aud`]: 'other', [`${G}:sub`]: MAIN } }))],
  ['no condition', whole(statement({}))],
  ['a list of one', JSON.stringify({ Version: '2012-10-17', Statement: equals(MAIN) })],
  [
    'output of get-role',
    JSON.stringify({ Role: { AssumeRolePolicyDocument: JSON.parse(whole(equals(MAIN))) } }),
  ],
  ['another account', whole(equals(MAIN)).replaceAll('111111111111', '222222222222')],
  ['everyone', whole(statement({ StringEquals: AUD }, { Principal: '*' }))],
  [
    'another action',
    whole(statement({ StringEquals: { ...AUD, [`${G}:sub`]: MAIN } }, { Action: 'sts:AssumeRole' })),
  ],
  [
    'a NotAction',
    whole(statement({ StringEquals: AUD }, { Action: undefined, NotAction: 'sts:TagSession' })),
  ],
  ['a Deny for this branch', whole(like('repo:octo-org@123456/*'), { ...equals(MAIN), Effect: 'Deny' })],
  ['a Deny for others', whole(equals(MAIN), { ...equals('repo:octo-org/other:*'), Effect: 'Deny' })],
  [
    'two statements with names',
    whole({ Sid: 'Other', ...equals('repo:o/r:*') }, { Sid: 'Own', ...equals(MAIN) }),
  ],
  ['the actor', whole(also('StringEquals', `${G}:actor`, ['hubot', 'octocat']))],
  [
    'the called workflow of others',
    whole(also('StringLike', `${G}:job_workflow_ref`, 'octo-org/workflows/*')),
  ],
  ['the repository ID', whole(also('StringEquals', `${G}:repository_id`, '456789'))],
  ['a claim that AWS does not document', whole(also('StringEquals', `${G}:event_name`, 'push'))],
  ['a claim that no token has', whole(also('StringEquals', `${G}:branch`, 'main'))],
  ['ForAllValues', whole(also('ForAllValues:StringLike', `${G}:environment`, 'prod*'))],
  ['IfExists', whole(also('StringEqualsIfExists', `${G}:environment`, 'production'))],
  ['Null', whole(also('Null', `${G}:environment`, 'true'))],
  ['a negation', whole(also('StringNotLike', `${G}:ref`, 'refs/heads/ma*'))],
  ['an address', whole(also('IpAddress', 'aws:SourceIp', '10.0.0.0/8'))],
  ['an unknown operator', whole(also('StringMatches', `${G}:ref`, 'refs/heads/main'))],
];
