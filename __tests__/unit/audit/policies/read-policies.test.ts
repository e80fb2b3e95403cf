import { describe, expect, test } from '@jest/globals';
import { readPolicies } from '../../../../src/audit/policies/read-policies.ts';
import type { Role } from '../../../../src/audit/policies/roles/role.ts';

const GITHUB = 'token.actions.githubusercontent.com';

function policy(
  sub: unknown = 'repo:octo/app:*',
  federated: unknown = `arn:aws:iam::111111111111:oidc-provider/${GITHUB}`,
) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: federated },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
          StringLike: { [`${GITHUB}:sub`]: sub },
        },
      },
    ],
  };
}

const pretty = (value: unknown) => JSON.stringify(value, undefined, 2);

function read(path: string, text: string, named = true) {
  return readPolicies([{ path, text, named }]);
}

/** What a test says about a role in one line. */
function summary({ accountId, path, name, at, lines, label }: Role): string {
  return `${accountId ?? '?'} ${path?.shown ?? '?'} ${name.shown} ${at.file}:${at.line} [${lines.statements.join()}] ${label}`;
}

const texts = ({ policy: { statements }, unknowns }: Role) =>
  statements.flatMap(({ principal, conditions }) => [
    ...Object.values(principal ?? {})
      .flat()
      .map((name) => unknowns.shown(String(name))),
    ...conditions.flatMap(({ values }) => values.map((value) => unknowns.shown(value))),
  ]);

describe('a trust policy alone', () => {
  test.each([
    ['policies/deploy.json', '? ? deploy'],
    ['policies/111111111111/deploy.json', '111111111111 ? deploy'],
    ['111111111111/teams/pay/deploy.json', '111111111111 /teams/pay/ deploy'],
    ['deploy.prod.json', '? ? deploy.prod'],
  ])('%s', (path, expected) => {
    const { roles } = read(path, pretty(policy()));
    expect(roles.map(summary)).toEqual([`${expected} ${path}:1 [4] ${path.split('/').at(-1)?.slice(0, -5)}`]);
  });

  test('has the lines of its values', () => {
    const { roles } = read('deploy.json', pretty(policy(['repo:octo/app:a', 'repo:octo/app:b'])));
    expect(roles[0]?.lines.values[0]?.get('repo:octo/app:b')).toBe(17);
  });

  test.each([
    ['not JSON', '{"Version": "2012-10-17",\n  "Statement": [}', 1, /not valid JSON/],
    [
      'no Principal',
      pretty({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*' }] }),
      1,
      /no Principal/,
    ],
    ['something else', '{\n"name": "package"}', 1, /neither a trust policy/],
    ['a duplicate key', pretty(policy()).replace('"Effect"', '"Effect": "Deny", "Effect"'), 1, /line/],
    ['private characters', pretty(policy('repo:\uE000')), 1, /private use/],
    ['nested', `${'['.repeat(2000)}${']'.repeat(2000)}`, 1, /nested/],
  ])('refused: %s', (_name, text, line, what) => {
    const { roles, unreadable } = read('deploy.json', text);
    expect(roles).toEqual([]);
    expect(unreadable).toEqual([{ file: 'deploy.json', line, what: expect.stringMatching(what) }]);
  });

  test('other files of a folder are gaps', () => {
    expect(read('x/package.json', '{}', false)).toMatchObject({
      roles: [],
      unreadable: [],
      gaps: [{ file: 'x/package.json' }],
    });
  });
});

describe('answers of IAM', () => {
  const role = (name: string, document: unknown) => ({
    RoleName: name,
    Path: '/a/',
    Arn: `arn:aws:iam::111111111111:role/a/${name}`,
    AssumeRolePolicyDocument: document,
  });

  test('get-role, list-roles, get-account-authorization-details', () => {
    const encoded = encodeURIComponent(JSON.stringify(policy()));
    const answer = {
      Role: role('one', policy()),
      Roles: [role('two', policy()), role('three', encoded)],
      RoleDetailList: [role('four', policy())],
    };
    const { roles, unreadable } = read('answer.json', pretty(answer));
    expect(unreadable).toEqual([]);
    expect(roles.map(({ label }) => label)).toEqual(
      ['one', 'two', 'three', 'four'].map((name) => `arn:aws:iam::111111111111:role/a/${name}`),
    );
    expect(roles.map(summary)[0]).toBe(
      '111111111111 /a/ one answer.json:6 [9] arn:aws:iam::111111111111:role/a/one',
    );
  });

  test('a role without a policy is a gap', () => {
    const { gaps } = read('answer.json', pretty({ Role: { RoleName: 'x' } }));
    expect(gaps).toEqual([{ file: 'answer.json', line: 2, what: expect.stringContaining('without') }]);
  });
});

describe('Terraform', () => {
  const resource = (values: object, address = 'aws_iam_role.deploy') => ({
    address,
    mode: 'managed',
    type: 'aws_iam_role',
    values: { path: '/', assume_role_policy: JSON.stringify(policy()), ...values },
  });
  const plan = (root: object, key = 'planned_values') =>
    pretty({ format_version: '1.2', [key]: { root_module: root } });

  test('a plan: names, prefixes, modules', () => {
    const { roles } = read(
      'plan.json',
      plan({
        resources: [
          resource({ name: 'deploy' }),
          resource({ name_prefix: 'ci-' }, 'aws_iam_role.ci'),
          resource({}, 'aws_iam_role.any[0]'),
          { address: 'aws_s3_bucket.b', mode: 'managed', type: 'aws_s3_bucket', values: {} },
          { ...resource({ name: 'read' }), mode: 'data' },
        ],
        child_modules: [
          {
            child_modules: [
              { resources: [resource({ name: 'inner', path: '/x/' }, 'module.a.module.b.aws_iam_role.r')] },
            ],
          },
        ],
      }),
    );
    expect(roles.map(summary).map((text) => text.replace(/plan.json:\d+ \[\d+\] /, ''))).toEqual([
      '? / deploy aws_iam_role.deploy',
      '? / ci-… aws_iam_role.ci',
      '? / … aws_iam_role.any[0]',
      '? /x/ inner module.a.module.b.aws_iam_role.r',
    ]);
    expect(roles[0]?.at.line).toBe(12);
    expect(roles[0]?.lines.statements).toEqual([12]);
  });

  test('a state has the account', () => {
    const { roles } = read(
      'state.json',
      plan(
        { resources: [resource({ name: 'deploy', arn: 'arn:aws-cn:iam::222222222222:role/deploy' })] },
        'values',
      ),
    );
    expect(roles).toMatchObject([
      { accountId: '222222222222', partition: 'aws-cn', name: { text: 'deploy' }, path: { text: '/' } },
    ]);
  });

  test('a state file itself', () => {
    const attributes = {
      name: 'deploy',
      path: '/',
      arn: 'arn:aws:iam::222222222222:role/deploy',
      assume_role_policy: JSON.stringify(policy()),
    };
    const state = {
      version: 4,
      terraform_version: '1.9.0',
      resources: [
        {
          module: 'module.a',
          mode: 'managed',
          type: 'aws_iam_role',
          name: 'deploy',
          instances: [{ index_key: 'x', attributes }],
        },
      ],
    };
    const { roles } = read('terraform.tfstate', pretty(state));
    expect(roles.map(({ label, accountId }) => [label, accountId])).toEqual([
      ['module.a.aws_iam_role.deploy["x"]', '222222222222'],
    ]);
  });

  test('a policy that is unknown before apply is a gap; one that is not valid is an error', () => {
    const { roles, gaps, unreadable } = read(
      'plan.json',
      plan({
        resources: [
          resource({ name: 'a', assume_role_policy: undefined }),
          resource({ name: 'b', assume_role_policy: '{' }),
        ],
      }),
    );
    expect(roles).toEqual([]);
    expect(gaps).toMatchObject([{ what: expect.stringMatching(/unknown before the plan is applied/) }]);
    expect(unreadable).toMatchObject([{ what: expect.stringMatching(/not valid JSON/) }]);
  });

  test('a plan that failed is not complete', () => {
    const { gaps } = read('plan.json', pretty({ format_version: '1.2', errored: true, planned_values: {} }));
    expect(gaps).toMatchObject([{ what: expect.stringMatching(/not complete/) }]);
  });
});

describe('CloudFormation', () => {
  const template = `
Parameters:
  Org: {Type: String, Default: octo}
  Repo: {Type: String}
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Subjects: {Type: CommaDelimitedList, Default: 'repo:octo/a:*, repo:octo/b:*'}
  ProviderArn: {Type: String, Default: ''}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}
  Account: {Type: String, Default: 012345678901}
Mappings:
  Names: {prod: {repo: shop}}
Conditions:
  HasProvider: !Not [!Equals [!Ref ProviderArn, '']]
  IsProd: !Equals [!Ref Stage, prod]
  NoProvider: !Not [!Condition HasProvider]
  Both: !And [!Condition HasProvider, !Condition IsProd]
Resources:
  Provider:
    Type: AWS::IAM::OIDCProvider
    Properties: {Url: 'https://${GITHUB}'}
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub deploy-\${Org}
      Path: !Join ['', ['/', !Ref Org, /]]
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal:
              Federated: FEDERATED
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringLike:
                ${GITHUB}:sub: SUBJECT
`;
  const deploy = (federated: string, subject: string) =>
    read('template.yaml', template.replace('FEDERATED', federated).replace('SUBJECT', subject));

  test.each([
    ['!Ref Provider', 'x', `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`],
    ['!GetAtt Provider.Arn', 'x', `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`],
    ['!GetAtt [Provider, Arn]', 'x', `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`],
    [
      `!If [HasProvider, !Ref ProviderArn, !Ref Provider]`,
      'x',
      `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`,
    ],
    [
      `!If [NoProvider, !Ref Provider, !Ref ProviderArn]`,
      'x',
      `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`,
    ],
    [`!If [Both, a, !Ref Provider]`, 'x', `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`],
    [`!If [IsProd, a, b]`, 'x', 'Fn::If IsProd'],
    [`!If [IsProd, a, a]`, 'x', 'a'],
    ['!ImportValue provider-arn', 'x', 'Fn::ImportValue'],
    [
      '!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/x"',
      'x',
      'arn:(its partition):iam::(its account):oidc-provider/x',
    ],
    ['!Sub "arn:aws:iam::${Account}:oidc-provider/x"', 'x', 'arn:aws:iam::012345678901:oidc-provider/x'],
    ['{"Fn::Sub": ["arn:${P}:iam::1:x", {P: !Ref "AWS::Partition"}]}', 'x', 'arn:(its partition):iam::1:x'],
  ])('principal %s', (federated, subject, expected) => {
    const { roles, unreadable } = deploy(federated, subject);
    expect(unreadable).toEqual([]);
    expect(roles.map(texts)).toEqual([[expected, 'x']]);
  });

  test.each([
    ['!Sub repo:${Org}/app:*', 'repo:octo/app:*'],
    ['!Sub "repo:${Org}/${Repo}:*"', 'repo:octo/${Repo}:*'],
    ['!Sub "${!Org}"', '${Org}'],
    ["!Join [':', [repo, !Sub '${Org}/app', '*']]", 'repo:octo/app:*'],
    ["!Join [':', !Split ['/', a/b]]", 'a:b'],
    ["!Select [1, !Split ['/', a/b]]", 'b'],
    ['!Select [7, !Ref Subjects]', 'Fn::Select'],
    ['!FindInMap [Names, prod, repo]', 'shop'],
    ['!FindInMap [Names, !Ref Stage, repo]', 'Fn::FindInMap'],
    ['!Ref Image', '${Image}'],
    ['!Ref Nothing', '${Nothing}'],
    ['!Sub "${AWS::Region}"', '${AWS::Region}'],
    ['!GetAtt Deploy.RoleId', '${Deploy.RoleId}'],
    ['!Sub "${Provider.Arn}"', `arn:(its partition):iam::(its account):oidc-provider/${GITHUB}`],
    ['!Transform {Name: x}', 'Fn::Transform'],
  ])('subject %s', (subject, expected) => {
    const { roles, unreadable } = deploy('p', subject);
    expect(unreadable).toEqual([]);
    expect(roles.map(texts)).toEqual([['p', expected]]);
  });

  test('lists, and what AWS::NoValue removes', () => {
    const [role] = deploy('p', '!Ref Subjects').roles;
    expect(role && texts(role)).toEqual(['p', 'repo:octo/a:*', 'repo:octo/b:*']);
    const [other] = deploy('p', '[a, !Ref "AWS::NoValue", !If [HasProvider, b, !Ref "AWS::NoValue"]]').roles;
    expect(other && texts(other)).toEqual(['p', 'a']);
  });

  test('names, paths, lines and why parts are unknown', () => {
    const [role] = deploy('p', '!Sub "repo:${Org}/${Repo}:environment:${Stage}"').roles;
    expect(role && summary(role)).toBe('? /octo/ deploy-octo template.yaml:27 [29] Deploy');
    const value = role?.unknowns.valueOf(role.policy.statements[0]?.conditions[0]?.values[0] ?? '');
    expect(value).toMatchObject({
      kind: 'unknown',
      shown: 'repo:octo/${Repo}:environment:${Stage}',
      reasons: ['the parameter Repo has no default value', 'the parameter Stage has no default value'],
    });
    expect(role?.lines.values[0]).toEqual(
      new Map([[role?.policy.statements[0]?.conditions[0]?.values[0], 35]]),
    );
  });

  test('JSON, a policy as text, a role without a name', () => {
    const document = { 'Fn::Sub': JSON.stringify(policy('repo:${Org}/app:*')) };
    const { roles } = read(
      'template.json',
      pretty({
        Parameters: { Org: { Type: 'String', Default: 'octo' } },
        Resources: { Deploy: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document } } },
      }),
    );
    expect(roles.map(summary)).toEqual(['? / …-Deploy-… template.json:12 [12] Deploy']);
    expect(roles.map(texts)).toEqual([
      [`arn:aws:iam::111111111111:oidc-provider/${GITHUB}`, 'sts.amazonaws.com', 'repo:octo/app:*'],
    ]);
  });

  test('what brings other roles is a gap, a role without a policy an error', () => {
    const { gaps, unreadable } = read(
      't.yml',
      'Resources:\n  A: {Type: "AWS::CloudFormation::Stack"}\n  Fn::ForEach::X: [a]\n  R: {Type: "AWS::IAM::Role"}\n  P: {Type: "AWS::IAM::Role", Properties: {AssumeRolePolicyDocument: !ImportValue x}}\n',
    );
    expect(gaps.map(({ line, what }) => `${line} ${what}`)).toEqual([
      '2 A has a template of its own, which is not read here',
      '3 Fn::ForEach::X makes resources when the template is deployed',
      '5 the trust policy of P is unknown: Fn::ImportValue',
    ]);
    expect(unreadable).toMatchObject([{ line: 4, what: expect.stringMatching(/missing/) }]);
  });

  test.each([
    ['not YAML', 'Resources: [\n  {', /not valid YAML/],
    [
      'anchors within anchors',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefgh'
        .split('')
        .map((key, index) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[index]}`)}]`)
        .join('\n')}\nResources: {}`,
      /too many/,
    ],
    ['an anchor in itself', 'Resources: &a\n  x: *a\n', /too many/],
  ])('refused: %s', (_name, text, what) => {
    expect(read('t.yaml', text).unreadable).toMatchObject([{ what: expect.stringMatching(what) }]);
  });

  test('roles that are named after each other end', () => {
    const names = Array.from(
      { length: 30 },
      (_, index) =>
        `  R${index}: {Type: "AWS::IAM::Role", Properties: {RoleName: !Sub "\${R${(index + 1) % 30}}\${R${(index + 1) % 30}}", AssumeRolePolicyDocument: ${JSON.stringify(policy())}}}`,
    );
    const { roles, gaps } = read('t.yaml', `Resources:\n${names.join('\n')}\n`);
    expect(roles).toMatchObject([
      { name: { reasons: ['the text is too long', 'there are too many functions'] } },
    ]);
    expect(gaps).toHaveLength(29);
  });
});
