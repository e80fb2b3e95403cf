import { allow, GITHUB, MAIN, policy, ROLE, type Scenario, trust, workflow } from './scenario.ts';

const PUSH = '{push: {branches: [main]}}';
const BOTH = ['name', 'immutable'] as const;
const IDS = 'repo:octo@9919/app@74:ref:refs/heads/main';
const NAMES = 'repo:octo/app:ref:refs/heads/main';
const terraform = (document: object, more: object = {}) => ({
  format_version: '1.2',
  planned_values: {
    root_module: {
      child_modules: [
        {
          resources: [
            {
              address: 'module.ci.aws_iam_role.deploy',
              mode: 'managed',
              type: 'aws_iam_role',
              values: { name: 'deploy', path: '/', assume_role_policy: JSON.stringify(document), ...more },
            },
          ],
        },
      ],
    },
  },
});
const template = (
  subject: string,
  parameters = '',
) => `Parameters: {Org: {Type: String, Default: octo}, Repo: {Type: String, Default: app}${parameters}}
Resources:
  Provider: {Type: "AWS::IAM::OIDCProvider", Properties: {Url: "https://${GITHUB}", ClientIdList: [sts.amazonaws.com]}}
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deploy
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Federated: !Ref Provider}
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals: {"${GITHUB}:aud": sts.amazonaws.com}
              StringLike: {"${GITHUB}:sub": ${subject}}
`;

/** Forms of policies, operators, immutable and customised subjects, servers. */
export const POLICIES: readonly Scenario[] = [
  {
    name: 'immutable subjects, policy with names',
    on: PUSH,
    formats: ['immutable'],
    policy: trust(NAMES),
    rows: ['push refs/heads/main | denied'],
    findings: ['error immutable-break'],
  },
  {
    name: 'both forms, policy with names',
    on: PUSH,
    formats: BOTH,
    policy: trust(NAMES),
    rows: ['push refs/heads/main name | allowed', 'push refs/heads/main immutable | denied'],
    findings: ['warning immutable-break'],
  },
  {
    name: 'both forms, policy with both',
    on: PUSH,
    formats: BOTH,
    policy: trust([NAMES, IDS]),
    rows: ['push refs/heads/main name | allowed', 'push refs/heads/main immutable | allowed'],
  },
  {
    name: 'both forms, policy with IDs',
    on: PUSH,
    formats: BOTH,
    policy: trust(IDS),
    rows: ['push refs/heads/main name | denied', 'push refs/heads/main immutable | allowed'],
  },
  {
    name: 'IDs that are not known, policy with names',
    on: PUSH,
    formats: BOTH,
    facts: { repositoryId: undefined, ownerId: undefined },
    policy: trust(NAMES),
    rows: ['push refs/heads/main name | allowed', 'push refs/heads/main immutable | denied'],
    findings: ['warning immutable-break'],
  },
  {
    name: 'IDs that are not known, policy with IDs',
    on: PUSH,
    formats: ['immutable'],
    facts: { repositoryId: undefined, ownerId: undefined },
    policy: trust(IDS),
    open: true,
    rows: ['push refs/heads/main | unknown'],
  },
  {
    name: 'an ID of the owner alone',
    on: PUSH,
    formats: BOTH,
    policy: trust('repo:octo@9919/app:ref:refs/heads/main'),
    rows: ['push refs/heads/main name | denied', 'push refs/heads/main immutable | denied'],
    findings: ['error never-matches', 'error immutable-break'],
  },
  {
    name: 'wildcards for IDs',
    on: PUSH,
    formats: BOTH,
    policy: trust('repo:octo@*/app@*:ref:refs/heads/main'),
    rows: ['push refs/heads/main name | denied', 'push refs/heads/main immutable | allowed'],
    findings: ['warning immutable-break'],
  },
  {
    name: 'IDs of another repository',
    on: PUSH,
    formats: ['immutable'],
    policy: trust('repo:octo@9919/app@75:ref:refs/heads/main'),
    rows: ['push refs/heads/main | denied'],
    findings: ['note other-repository'],
  },
  {
    name: 'a condition on repository_id',
    on: PUSH,
    formats: BOTH,
    policy: trust('repo:octo*', { conditions: { StringEquals: { [`${GITHUB}:repository_id`]: '74' } } }),
    rows: ['push refs/heads/main name | allowed', 'push refs/heads/main immutable | allowed'],
    findings: ['warning too-wide'],
  },
  {
    name: 'a wildcard that lets in both forms',
    on: PUSH,
    formats: BOTH,
    policy: trust('repo:octo*/app*:ref:refs/heads/main'),
    rows: ['push refs/heads/main name | allowed', 'push refs/heads/main immutable | allowed'],
    findings: ['error too-wide'],
  },
  {
    name: 'a customised subject by repository_id',
    on: PUSH,
    facts: { subjectClaims: ['repository_id', 'context'] },
    policy: trust('repository_id:74:ref:refs/heads/main'),
    rows: ['push refs/heads/main | allowed'],
  },
  {
    name: 'a customised subject, policy in the default form',
    on: PUSH,
    facts: { subjectClaims: ['repository_id', 'context'] },
    policy: trust(NAMES),
    rows: ['push refs/heads/main | denied'],
  },
  {
    name: 'a customised subject with job_workflow_ref',
    on: PUSH,
    facts: { subjectClaims: ['repo', 'job_workflow_ref'] },
    policy: trust('repo:octo/app:job_workflow_ref:octo/app/.github/workflows/main.yml@refs/heads/main'),
    rows: ['push refs/heads/main | allowed'],
  },
  {
    name: 'a customised subject with the environment',
    on: PUSH,
    job: 'environment: prod',
    facts: { subjectClaims: ['repo', 'environment', 'ref'] },
    policy: trust('repo:octo/app:environment:prod:ref:refs/heads/main'),
    rows: ['push refs/heads/main in prod | allowed'],
  },
  {
    name: 'GitHub Enterprise Server',
    on: PUSH,
    server: 'https://ghe.octo.example',
    formats: BOTH,
    policy: trust(NAMES, { provider: 'ghe.octo.example/_services/token' }),
    rows: ['push refs/heads/main | allowed'],
  },
  {
    name: 'GitHub Enterprise Server, policy for github.com',
    on: PUSH,
    server: 'https://ghe.octo.example',
    policy: trust(NAMES),
    rows: ['push refs/heads/main | denied'],
  },
  {
    name: 'GitHub Enterprise Cloud with data residency',
    on: PUSH,
    server: 'https://octo.ghe.com',
    policy: trust(NAMES, { provider: 'token.actions.octo.ghe.com' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'the issuer of an enterprise',
    on: PUSH,
    policy: trust(NAMES, { federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}/octo-inc` }),
    rows: ['push refs/heads/main | unknown'],
    findings: ['error never-matches', 'error never-matches', 'note immutable-break'],
  },
  {
    name: 'wildcard under StringEquals',
    on: PUSH,
    policy: trust('repo:octo/app:*', { operator: 'StringEquals' }),
    rows: ['push refs/heads/main | denied'],
    findings: ['error wildcard-in-equals'],
  },
  {
    name: 'ForAllValues',
    on: PUSH,
    policy: trust(NAMES, { operator: 'ForAllValues:StringEquals' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning for-all-values'],
  },
  {
    name: 'ForAnyValue',
    on: PUSH,
    policy: trust(NAMES, { operator: 'ForAnyValue:StringLike' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'IfExists',
    on: PUSH,
    policy: trust(NAMES, { operator: 'StringEqualsIfExists' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning too-wide'],
  },
  {
    name: 'StringEqualsIgnoreCase',
    on: PUSH,
    policy: trust('repo:Octo/App:ref:refs/heads/main', { operator: 'StringEqualsIgnoreCase' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'StringEqualsIgnoreCase of branches',
    on: '{push: {branches: ["Release/*"]}}',
    policy: trust('repo:octo/app:ref:refs/heads/release/1', { operator: 'StringEqualsIgnoreCase' }),
    rows: ['push refs/heads/Release/* | depends'],
    findings: ['note immutable-break'],
  },
  {
    name: 'StringNotLike',
    on: '{push: {branches: ["**"]}}',
    policy: trust('repo:octo/app:*', {
      conditions: { StringNotLike: { [`${GITHUB}:ref`]: 'refs/heads/tmp/*' } },
    }),
    rows: ['push refs/heads/** | depends'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'letter case',
    on: PUSH,
    policy: trust('repo:Octo/app:ref:refs/heads/main'),
    rows: ['push refs/heads/main | denied'],
    findings: ['error never-matches'],
  },
  {
    name: 'another repository',
    on: PUSH,
    policy: trust('repo:octo/other:*'),
    rows: ['push refs/heads/main | denied'],
    findings: ['warning too-wide', 'note other-repository'],
  },
  {
    name: 'a repository with a longer name',
    on: PUSH,
    policy: trust('repo:octo/app-two:*'),
    rows: ['push refs/heads/main | denied'],
    findings: ['warning too-wide', 'note other-repository'],
  },
  {
    name: 'a malformed ref',
    on: PUSH,
    policy: trust('repo:octo/app:ref:main'),
    rows: ['push refs/heads/main | denied'],
    findings: ['error never-matches'],
  },
  {
    name: 'no context',
    on: PUSH,
    policy: trust('repo:octo/app'),
    rows: ['push refs/heads/main | denied'],
    findings: ['warning too-wide', 'error never-matches'],
  },
  {
    name: 'no subject at all',
    on: PUSH,
    policy: trust(undefined),
    rows: ['push refs/heads/main | allowed'],
    findings: ['error too-wide'],
  },
  {
    name: 'no audience',
    on: PUSH,
    policy: trust(NAMES, { aud: null }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning no-audience-condition', 'note immutable-break'],
  },
  {
    name: 'sts:AssumeRole',
    on: PUSH,
    policy: trust(NAMES, { action: 'sts:AssumeRole' }),
    rows: ['push refs/heads/main | denied'],
    findings: ['error wrong-action'],
  },
  {
    name: 'actions by wildcard',
    on: PUSH,
    policy: trust(NAMES, { action: 'sts:*' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'several actions',
    on: PUSH,
    policy: trust(NAMES, { action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'] }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a provider of another account',
    on: PUSH,
    policy: trust(NAMES, { federated: `arn:aws:iam::222222222222:oidc-provider/${GITHUB}` }),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'another provider',
    on: PUSH,
    policy: trust(NAMES, { federated: 'arn:aws:iam::111111111111:oidc-provider/accounts.google.com' }),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'everyone',
    on: PUSH,
    policy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRoleWithWebIdentity' }],
    },
    rows: ['push refs/heads/main | allowed'],
    findings: ['error too-wide', 'error too-wide', 'warning no-audience-condition'],
  },
  {
    name: 'a claim that AWS does not document',
    on: PUSH,
    policy: trust('repo:octo/app:*', {
      conditions: { StringEquals: { [`${GITHUB}:repository_owner`]: 'octo' } },
    }),
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning too-wide', 'warning unsupported-claim', 'note immutable-break'],
  },
  {
    name: 'a claim that AWS does not document, with another value',
    on: PUSH,
    policy: trust('repo:octo/app:*', {
      conditions: { StringEquals: { [`${GITHUB}:repository_owner`]: 'other' } },
    }),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement', 'warning too-wide', 'warning unsupported-claim'],
  },
  {
    name: 'the actor',
    on: PUSH,
    policy: trust('repo:octo/app:*', { conditions: { StringEquals: { [`${GITHUB}:actor`]: 'octocat' } } }),
    rows: ['push refs/heads/main | depends'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'an address of the network',
    on: PUSH,
    policy: trust(NAMES, { conditions: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } }),
    rows: ['push refs/heads/main | unknown'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a date',
    on: PUSH,
    policy: trust(NAMES, { conditions: { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } } }),
    rows: ['push refs/heads/main | unknown'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a tag of the session',
    on: PUSH,
    policy: trust(NAMES, { conditions: { StringEquals: { 'aws:RequestTag/team': 'a' } } }),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'a policy for another service beside',
    on: PUSH,
    policy: policy(
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      allow(NAMES),
    ),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a policy for a service alone',
    on: PUSH,
    policy: policy({
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    rows: ['push refs/heads/main | denied'],
  },
  {
    name: 'stale values beside a good one',
    on: PUSH,
    policy: trust([NAMES, 'repo:octo/app:ref:refs/heads/gone', 'repo:octo/app:environment:old']),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break', 'note stale-value', 'note stale-value'],
  },
  {
    name: 'a stale statement beside a good one',
    on: PUSH,
    policy: policy(allow(NAMES), allow('repo:octo/app:environment:old', { sid: 'Old' })),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break', 'note stale-statement'],
  },
  {
    name: 'partition aws-cn, audience of its own',
    on: PUSH,
    role: 'arn:aws-cn:iam::111111111111:role/deploy',
    with: 'audience: sts.amazonaws.com.cn',
    policies: {
      '111111111111/deploy.json': trust(NAMES, {
        aud: 'sts.amazonaws.com.cn',
        federated: `arn:aws-cn:iam::111111111111:oidc-provider/${GITHUB}`,
      }),
    },
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'partition of another provider',
    on: PUSH,
    role: 'arn:aws-cn:iam::111111111111:role/deploy',
    policies: { '111111111111/deploy.json': trust(NAMES) },
    rows: ['push refs/heads/main | denied'],
    findings: ['note immutable-break'],
  },
  {
    name: 'Terraform plan',
    on: PUSH,
    policies: { 'plan.json': terraform(trust(NAMES)) },
    deployed: { [ROLE]: trust(NAMES) },
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'Terraform state of another account',
    on: PUSH,
    policies: { 'state.json': terraform(trust(NAMES), { arn: 'arn:aws:iam::222222222222:role/deploy' }) },
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning missing-policy', 'note stale-statement'],
  },
  {
    name: 'CloudFormation',
    on: PUSH,
    policies: { 'role.yaml': template('!Sub "repo:${Org}/${Repo}:*"') },
    deployed: { [ROLE]: trust('repo:octo/app:*') },
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'CloudFormation with a parameter that is not known',
    on: PUSH,
    policies: { 'role.yaml': template('!Sub "repo:${Org}/${Name}:*"', ', Name: {Type: String}') },
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'CloudFormation with an unknown parameter, and a context that does not fit',
    on: PUSH,
    policies: { 'role.yaml': template('!Sub "repo:${Org}/${Name}:environment:*"', ', Name: {Type: String}') },
    deployed: { [ROLE]: trust('repo:octo/app:environment:*') },
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement', 'warning too-wide'],
  },
  {
    name: 'CloudFormation with allowed values',
    on: PUSH,
    job: 'environment: prod',
    policies: {
      'role.yaml': template(
        '!Sub "repo:${Org}/${Repo}:environment:${Stage}"',
        ', Stage: {Type: String, AllowedValues: [dev, qa]}',
      ),
    },
    deployed: { [ROLE]: trust('repo:octo/app:environment:dev') },
    rows: ['push refs/heads/main in prod | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'an answer of get-role',
    on: PUSH,
    policies: {
      'role.json': {
        Role: { RoleName: 'deploy', Arn: ROLE, Path: '/', AssumeRolePolicyDocument: trust(NAMES) },
      },
    },
    deployed: { [ROLE]: trust(NAMES) },
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a policy that is not valid',
    on: PUSH,
    policies: { '111111111111/deploy.json': '{"Statement": [' },
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning missing-policy', 'error unreadable'],
  },
  {
    name: 'no workflow assumes a role',
    files: { [MAIN]: 'on: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n' },
    policy: trust(NAMES),
    rows: [],
    findings: ['note immutable-break'],
  },
  {
    name: 'a workflow that is not YAML',
    files: { [MAIN]: 'on: [', '.github/workflows/other.yml': workflow(PUSH) },
    policy: trust(NAMES),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
    gaps: [/YAML/],
  },
  {
    name: 'GitHub Enterprise Server, conditions with the keys of github.com',
    on: PUSH,
    server: 'https://ghe.octo.example',
    policy: trust(NAMES, {
      federated: 'arn:aws:iam::111111111111:oidc-provider/ghe.octo.example/_services/token',
    }),
    rows: ['push refs/heads/main | denied'],
    findings: ['error never-matches', 'error never-matches'],
  },
  {
    name: 'one character for ?',
    on: '{push: {branches: ["release/*"]}}',
    policy: trust('repo:octo/app:ref:refs/heads/release/?', { operator: 'StringLike' }),
    rows: ['push refs/heads/release/* | depends'],
    findings: ['note immutable-break'],
  },
];
