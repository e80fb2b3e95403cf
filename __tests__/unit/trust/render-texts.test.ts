import { describe, expect, test } from '@jest/globals';
import { createProviderCommand, createRoleCommands } from '../../../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../../../src/trust/render/cloudformation.ts';
import type { RoleSetup } from '../../../src/trust/render/role-setup.ts';
import { terraformResources } from '../../../src/trust/render/terraform.ts';
import { yamlOf } from '../../../src/trust/render/yaml.ts';
import { type TrustStatement, webIdentityStatement } from '../../../src/trust/statement.ts';

const PROVIDER = { issuer: 'https://oidc.example', audience: 'sts.amazonaws.com' };
const STATEMENT = webIdentityStatement({
  partition: 'aws',
  accountId: '111111111111',
  ...PROVIDER,
  subject: 'repo:o/r:pull_request',
});
/** With lists of texts and of statements. */
const TAGGED: TrustStatement = {
  Effect: 'Allow',
  Principal: { AWS: 'x' },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
};
const DEPLOY: RoleSetup = {
  role: { path: '/', name: 'deploy' },
  statements: [STATEMENT],
  maxSessionSeconds: 3600,
};
const READ_ONLY: RoleSetup = {
  role: { path: '/teams/', name: '1+read..only-2' },
  statements: [TAGGED, TAGGED],
  maxSessionSeconds: 7200,
  permissions: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
};

test('a CloudFormation template', () =>
  expect(cloudFormationTemplate(PROVIDER, [DEPLOY, READ_ONLY])).toBe(`Resources:
  GitHubProvider:
    Type: AWS::IAM::OIDCProvider
    Properties:
      Url: https://oidc.example
      ClientIdList:
        - sts.amazonaws.com
  DeployRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deploy
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Federated:
                Ref: GitHubProvider
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                oidc.example:aud: sts.amazonaws.com
                oidc.example:sub: repo:o/r:pull_request
  "1ReadOnly2Role":
    Type: AWS::IAM::Role
    Properties:
      RoleName: "1+read..only-2"
      Path: "/teams/"
      MaxSessionDuration: 7200
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Federated:
                Ref: GitHubProvider
            Action:
              - sts:AssumeRole
              - sts:TagSession
          - Effect: Allow
            Principal:
              Federated:
                Ref: GitHubProvider
            Action:
              - sts:AssumeRole
              - sts:TagSession
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/ReadOnlyAccess
`));

test.each([
  ['deploy', 'DeployRole'],
  ['-read--only+', 'ReadOnlyRole'],
  ['_a.B9@c', 'AB9CRole'],
])('the logical ID of the role %s is %s', (name, id) => {
  const template = cloudFormationTemplate(PROVIDER, [{ ...DEPLOY, role: { path: '/', name } }]);
  expect(template.match(/^ {2}\w+/gm)).toEqual(['  GitHubProvider', `  ${id}`]);
});

test('resources of Terraform', () =>
  expect(
    terraformResources(PROVIDER, [DEPLOY, READ_ONLY]),
  ).toBe(`resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://oidc.example"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "deploy" {
  name                 = "deploy"
  max_session_duration = 3600
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = aws_iam_openid_connect_provider.github.arn
        }
        Action = "sts:AssumeRoleWithWebIdentity"
        Condition = {
          StringEquals = {
            "oidc.example:aud" = "sts.amazonaws.com"
            "oidc.example:sub" = "repo:o/r:pull_request"
          }
        }
      }
    ]
  })
}

resource "aws_iam_role" "_1_read__only-2" {
  name                 = "1+read..only-2"
  path                 = "/teams/"
  max_session_duration = 7200
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Federated = aws_iam_openid_connect_provider.github.arn
        }
        Action = ["sts:AssumeRole", "sts:TagSession"]
      },
      {
        Effect = "Allow"
        Principal = {
          Federated = aws_iam_openid_connect_provider.github.arn
        }
        Action = ["sts:AssumeRole", "sts:TagSession"]
      }
    ]
  })
}

resource "aws_iam_role_policy_attachment" "_1_read__only-2" {
  role       = aws_iam_role._1_read__only-2.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
`));

test.each([
  ['read-only-2', 'read-only-2'],
  ['2read', '_2read'],
  ['-read', '_-read'],
  ['a+b=c', 'a_b_c'],
])('the role %s is the resource %s', (name, id) => {
  const resources = terraformResources(PROVIDER, [{ ...DEPLOY, role: { path: '/', name } }]);
  expect(resources).toContain(`resource "aws_iam_role" "${id}" {`);
});

test('a column of values ends at a value of several lines', () => {
  const Condition = { StringLike: { a: 'x' }, Null: { long_name: 'true', b: ['y', '${z} %{z} \b\f\n"'] } };
  const text = terraformResources(PROVIDER, [{ ...DEPLOY, statements: [{ ...STATEMENT, Condition }] }]);
  expect(text).toContain(`
        Condition = {
          StringLike = {
            a = "x"
          }
          Null = {
            long_name = "true"
            b         = ["y", "$\${z} %%{z} \\u0008\\u000c\\n\\""]
          }
        }
`);
});

describe('commands of the AWS CLI', () => {
  test('create the provider', () =>
    expect(createProviderCommand(PROVIDER)).toBe(
      'aws iam create-open-id-connect-provider --url https://oidc.example --client-id-list sts.amazonaws.com',
    ));

  test('create a role', () =>
    expect(createRoleCommands({ ...DEPLOY, statements: [] })).toBe(`cat > deploy-trust.json <<'EOF'
{
  "Version": "2012-10-17",
  "Statement": []
}
EOF
aws iam create-role --role-name deploy --assume-role-policy-document file://deploy-trust.json --max-session-duration 3600`));

  test('create a role with a path and permissions', () =>
    expect(createRoleCommands({ ...READ_ONLY, role: { path: '/a b/', name: "it's" }, statements: [] })).toBe(
      `cat > 'it'\\''s-trust.json' <<'EOF'
{
  "Version": "2012-10-17",
  "Statement": []
}
EOF
aws iam create-role --role-name 'it'\\''s' --path '/a b/' --assume-role-policy-document 'file://it'\\''s-trust.json' --max-session-duration 7200
aws iam attach-role-policy --role-name 'it'\\''s' --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess`,
    ));
});

describe('YAML', () => {
  test.each<[object, string]>([
    [{}, ''],
    [{ a: 1, b: true, c: null, d: 'x' }, 'a: 1\nb: true\nc: null\nd: x\n'],
    [{ a: [], b: {}, c: [[], {}] }, 'a: []\nb: {}\nc:\n  - []\n  - {}\n'],
    [{ a: { b: { c: 1 }, d: 2 } }, 'a:\n  b:\n    c: 1\n  d: 2\n'],
    [
      { a: [{ b: 1, c: [2, 3] }, [4, [5]]] },
      'a:\n  - b: 1\n    c:\n      - 2\n      - 3\n  - - 4\n    - - 5\n',
    ],
    [{ '-': { a: 1 } }, '"-":\n  a: 1\n'],
    [['x'], '- x\n'],
  ])('of %j', (value, text) => expect(yamlOf(value)).toBe(text));

  test.each(['a', 'A.b/c@d+e-f_1', 'AWS::IAM::Role', 'repo:o/r', 'noon', 'nullable', 'a:/b'])(
    'has the text %s without quotation marks',
    (text) => expect(yamlOf([text])).toBe(`- ${text}\n`),
  );

  test.each([
    '',
    'y',
    'N',
    'Yes',
    'no',
    'on',
    'OFF',
    'true',
    'False',
    'null',
    '1',
    '-a',
    'a:',
    'a: b',
    'a b',
    'a#',
    '/a',
  ])('has the text %s in quotation marks', (text) =>
    expect(yamlOf([text])).toBe(`- ${JSON.stringify(text)}\n`),
  );
});
