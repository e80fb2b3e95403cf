/** The generated parts of `docs/setup.md`: an identity provider and a role, from the code that dry runs and diagnoses use. */
import { createProviderCommand, createRoleCommands } from '../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../src/trust/render/cloudformation.ts';
import { DEFAULT_SESSION_SECONDS, type RoleSetup } from '../src/trust/render/role-setup.ts';
import { terraformResources } from '../src/trust/render/terraform.ts';
import { webIdentityStatement } from '../src/trust/statement.ts';

/** Whom the examples trust: one branch of one repository. */
export const EXAMPLE = {
  partition: 'aws',
  accountId: '111111111111',
  issuer: 'https://token.actions.githubusercontent.com',
  audience: 'sts.amazonaws.com',
  subject: 'repo:octo-org/octo-app:ref:refs/heads/main',
} as const;

const ROLE: RoleSetup = {
  role: { path: '/', name: 'deploy' },
  statements: [webIdentityStatement(EXAMPLE)],
  maxSessionSeconds: DEFAULT_SESSION_SECONDS,
  permissions: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
};

const fence = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;

export function renderCli(): string {
  return fence('sh', `${createProviderCommand(EXAMPLE)}\n\n${createRoleCommands(ROLE)}`);
}

export function renderCloudFormation(): string {
  return fence('yaml', cloudFormationTemplate(EXAMPLE, [ROLE]));
}

export function renderTerraform(): string {
  return fence('hcl', terraformResources(EXAMPLE, [ROLE]));
}
