/** The generated parts of `docs/setup.md`: identity providers and roles, from the code that dry runs and diagnoses use. */
import { claimsOf, EXAMPLE_SETUP, type JobSetup } from '../src/trust/job-setup.ts';
import { createProviderCommand, createRoleCommands } from '../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../src/trust/render/cloudformation.ts';
import { DEFAULT_SESSION_SECONDS, type RoleSetup } from '../src/trust/render/role-setup.ts';
import { terraformResources } from '../src/trust/render/terraform.ts';
import { policyOf, type TrustStatement } from '../src/trust/statement.ts';
import { statementForToken } from '../src/trust/statement-for-token.ts';

const G = 'token.actions.githubusercontent.com';
const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
/** A reusable workflow that 200 repositories call. */
const CALLED = 'octo-org/workflows/.github/workflows/deploy.yml@refs/heads/main';

/** The example of the page, with these parts. */
const example = (parts: Partial<JobSetup>): JobSetup => ({ ...EXAMPLE_SETUP, ...parts });

function roleFor(name: string, parts: Partial<JobSetup>): RoleSetup {
  const setup = example(parts);
  return roleWith(name, [statementForToken(claimsOf(setup), setup)]);
}

const roleWith = (name: string, statements: readonly TrustStatement[]): RoleSetup => ({
  role: { path: '/', name },
  statements,
  maxSessionSeconds: DEFAULT_SESSION_SECONDS,
  permissions: READ_ONLY,
});

/** The role of the first example: one branch may assume it. */
export const DEPLOY = roleFor('deploy', {});
/** The same role, for jobs with an environment. */
const DEPLOY_ENVIRONMENT = roleFor('deploy', { environment: 'production' });
const PULL_REQUESTS = roleFor('plan', { event: 'pull_request' });

/** Every repository of an owner, for jobs of one called workflow that deploy to production. */
function hubStatement(): TrustStatement {
  const statement = statementForToken(claimsOf(example({ calledWorkflow: CALLED })), EXAMPLE_SETUP);
  const { [`${G}:sub`]: _sub, ...equal } = statement.Condition?.StringEquals ?? {};
  const subject = `repo:${EXAMPLE_SETUP.owner}@${EXAMPLE_SETUP.ownerId}/*:environment:production`;
  return { ...statement, Condition: { StringEquals: equal, StringLike: { [`${G}:sub`]: subject } } };
}

const changePolicy = ({ role, statements }: RoleSetup) =>
  [
    `cat > ${role.name}-trust.json <<'EOF'`,
    JSON.stringify(policyOf(...statements), undefined, 2),
    'EOF',
    `aws iam update-assume-role-policy --role-name ${role.name} --policy-document file://${role.name}-trust.json`,
  ].join('\n');

const fence = (language: string, code: string) => `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;

const bothForms: readonly [string, Partial<JobSetup>][] = [
  ['runs for a branch', {}],
  ['runs for a tag', { ref: 'refs/tags/v1.2.3' }],
  ['names an environment, whatever it runs for', { environment: 'production' }],
  ['runs for a pull request', { event: 'pull_request' }],
];

function subjects(): string {
  const rows = bothForms.map(([job, parts]) => {
    const [immutable, names] = (['immutable', 'names'] as const).map(
      (format) => claimsOf(example({ ...parts, format })).sub,
    );
    return `| ${job} | \`${immutable}\` | \`${names}\` |`;
  });
  return ['| the job | immutable subject | subject with names only |', '| --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** Each part by the name of its markers. */
export const SETUP_PARTS: Readonly<Record<string, string>> = {
  cli: fence('sh', `${createProviderCommand(EXAMPLE_SETUP)}\n\n${createRoleCommands(DEPLOY)}`),
  cloudformation: fence('yaml', cloudFormationTemplate(EXAMPLE_SETUP, [DEPLOY])),
  terraform: fence('hcl', terraformResources(EXAMPLE_SETUP, [DEPLOY])),
  names: fence(
    'json',
    JSON.stringify(
      statementForToken(claimsOf(example({ format: 'names' })), EXAMPLE_SETUP).Condition,
      undefined,
      2,
    ),
  ),
  'two-roles': fence('sh', `${createRoleCommands(PULL_REQUESTS)}\n\n${changePolicy(DEPLOY_ENVIRONMENT)}`),
  hub: fence('sh', createRoleCommands(roleWith('deploy-hub', [hubStatement()]))),
  subjects: subjects(),
};
