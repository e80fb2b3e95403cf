import { policyOf } from '../statement.ts';
import type { ProviderSetup, RoleSetup } from './role-setup.ts';
import { yamlOf } from './yaml.ts';

/** The logical ID of the identity provider. */
const PROVIDER_ID = 'GitHubProvider';

/** A CloudFormation template with an identity provider and roles that trust it. */
export function cloudFormationTemplate(
  { issuer, audience }: ProviderSetup,
  roles: readonly RoleSetup[],
): string {
  const provider = {
    Type: 'AWS::IAM::OIDCProvider',
    Properties: { Url: issuer, ClientIdList: [audience] },
  };
  const resources = roles.map((role) => [logicalId(role.role.name), resourceOf(role)]);
  return yamlOf({ Resources: { [PROVIDER_ID]: provider, ...Object.fromEntries(resources) } });
}

function resourceOf({ role, statements, maxSessionSeconds, permissions }: RoleSetup): object {
  const policy = policyOf(...statements);
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: role.name,
      ...(role.path !== '/' && { Path: role.path }),
      MaxSessionDuration: maxSessionSeconds,
      AssumeRolePolicyDocument: {
        ...policy,
        Statement: policy.Statement.map((one) => ({
          ...one,
          Principal: { Federated: { Ref: PROVIDER_ID } },
        })),
      },
      ...(permissions !== undefined && { ManagedPolicyArns: [permissions] }),
    },
  };
}

/** `read-only` becomes `ReadOnlyRole`. CloudFormation accepts only letters and digits. */
function logicalId(roleName: string): string {
  const words = roleName.split(/[^A-Za-z0-9]/);
  return `${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}Role`;
}
