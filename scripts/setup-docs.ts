/** The generated parts of `docs/setup.md`: one provider and one role, in three notations, from the statement that a diagnosis prints. */
import { stringify } from 'yaml';
import { policyOf, webIdentityStatement } from '../src/trust/statement.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';
const ROLE = 'deploy';

/** Whom the examples trust: one branch of one repository. */
export const EXAMPLE = {
  partition: 'aws',
  accountId: '111111111111',
  issuer: ISSUER,
  audience: AUDIENCE,
  subject: 'repo:octo-org/octo-app:ref:refs/heads/main',
} as const;

const statement = webIdentityStatement(EXAMPLE);
const provider = statement.Principal.Federated ?? '';
/** The same policy, with whatever stands for the provider's ARN. */
const policyWith = (Federated: unknown) => policyOf({ ...statement, Principal: { Federated } as never });

const fence = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;

export function renderCli(): string {
  return fence(
    'sh',
    `
aws iam create-open-id-connect-provider --url ${ISSUER} --client-id-list ${AUDIENCE}

cat > trust.json <<'EOF'
${JSON.stringify(policyWith(provider), undefined, 2)}
EOF
aws iam create-role --role-name ${ROLE} --assume-role-policy-document file://trust.json --max-session-duration 3600
aws iam attach-role-policy --role-name ${ROLE} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess
`.trimStart(),
  );
}

export function renderCloudFormation(): string {
  const template = {
    Resources: {
      GitHubProvider: {
        Type: 'AWS::IAM::OIDCProvider',
        Properties: { Url: ISSUER, ClientIdList: [AUDIENCE] },
      },
      DeployRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: ROLE,
          MaxSessionDuration: 3600,
          AssumeRolePolicyDocument: policyWith({ Ref: 'GitHubProvider' }),
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        },
      },
    },
  };
  // YAML 1.1, which CloudFormation reads, takes an unquoted 2012-10-17 for a date.
  return fence('yaml', stringify(template, { lineWidth: 0, version: '1.1' }));
}

export function renderTerraform(): string {
  const policy = JSON.stringify(policyWith('PROVIDER'), undefined, 2)
    .replace('"PROVIDER"', 'aws_iam_openid_connect_provider.github.arn')
    .replaceAll('\n', '\n  ');
  return fence(
    'hcl',
    `
resource "aws_iam_openid_connect_provider" "github" {
  url            = "${ISSUER}"
  client_id_list = ["${AUDIENCE}"]
}

resource "aws_iam_role" "deploy" {
  name                 = "${ROLE}"
  max_session_duration = 3600
  assume_role_policy   = jsonencode(${policy})
}

resource "aws_iam_role_policy_attachment" "deploy" {
  role       = aws_iam_role.deploy.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
`.trimStart(),
  );
}
