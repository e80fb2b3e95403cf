import { policyOf } from '../statement.ts';
import type { ProviderSetup, RoleSetup } from './role-setup.ts';

/** The AWS CLI command that creates an identity provider. */
export function createProviderCommand({ issuer, audience }: ProviderSetup): string {
  return `aws iam create-open-id-connect-provider --url ${word(issuer)} --client-id-list ${word(audience)}`;
}

/** The AWS CLI commands that create a role, for bash. The trust policy goes into a file. */
export function createRoleCommands({ role, statements, maxSessionSeconds, permissions }: RoleSetup): string {
  const file = `${role.name}-trust.json`;
  const name = `--role-name ${word(role.name)}`;
  const options = [
    name,
    ...(role.path === '/' ? [] : [`--path ${word(role.path)}`]),
    `--assume-role-policy-document ${word(`file://${file}`)}`,
    `--max-session-duration ${maxSessionSeconds}`,
  ];
  return [
    `cat > ${word(file)} <<'EOF'`,
    JSON.stringify(policyOf(...statements), undefined, 2),
    'EOF',
    `aws iam create-role ${options.join(' ')}`,
    ...(permissions === undefined
      ? []
      : [`aws iam attach-role-policy ${name} --policy-arn ${word(permissions)}`]),
  ].join('\n');
}

/** A text as one word of a shell command. */
function word(text: string): string {
  return /^[\w+=,.@:/][\w+=,.@:/-]*$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
