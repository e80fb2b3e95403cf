/**
 * The roles that `.github/workflows/live.yml` needs, as commands of the AWS CLI for bash. The script itself changes
 * nothing: read its output, then run it with the credentials of an administrator of an account for tests.
 *
 *     node scripts/live/account.ts set-up --repository OWNER/NAME --account 111111111111 --owner-id 123456 \
 *       [--repository-id 456789] | bash -e
 *     node scripts/live/account.ts take-down --account 111111111111 | bash
 *
 * With the ID of the repository, the roles trust its immutable subject, otherwise the subject with names only.
 */
import { parseArgs } from 'node:util';
import { claimsOf, EXAMPLE_SETUP, type JobSetup } from '../../src/trust/job-setup.ts';
import { createProviderCommand, createRoleCommands } from '../../src/trust/render/aws-cli.ts';
import { DEFAULT_SESSION_SECONDS } from '../../src/trust/render/role-setup.ts';
import type { TrustStatement } from '../../src/trust/statement.ts';
import { statementForToken } from '../../src/trust/statement-for-token.ts';

/** All names of the account begin with this. The variable LIVE_ROLE is the role with this name alone. */
export const LIVE = 'assume-aws-roles-live';
const GITHUB = 'token.actions.githubusercontent.com';
/** The environment of the jobs, and one that no job has. */
const ENVIRONMENT = 'live';
const NOBODY = 'nobody';

/** IAM rejects a principal that it does not know yet. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell expands it
const WAIT = 'sleep "${LIVE_WAIT_SECONDS:-15}"';

export interface LiveAccount {
  readonly accountId: string;
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

interface LiveRole {
  readonly suffix: string;
  readonly statements: readonly TrustStatement[];
  /** Statements of its inline policy. */
  readonly permissions?: readonly Json[];
}

const arnOf = (accountId: string, suffix: string) => `arn:aws:iam::${accountId}:role/${LIVE}${suffix}`;

/** The trust of one environment of the repository. */
function trustOf(account: LiveAccount, environment: string): TrustStatement {
  const [owner = '', repository = ''] = account.repository.split('/');
  const setup: JobSetup = {
    ...EXAMPLE_SETUP,
    owner,
    repository,
    ownerId: account.ownerId,
    repositoryId: account.repositoryId ?? '',
    format: account.repositoryId === undefined ? 'names' : 'immutable',
    environment,
    accountId: account.accountId,
  };
  return statementForToken(claimsOf(setup), setup);
}

/** The roles: LIVE_ROLE and LIVE_CHAIN, then one for each question that needs a policy of its own. */
export function liveRoles(account: LiveAccount): LiveRole[] {
  const trust = trustOf(account, ENVIRONMENT);
  const arn = (suffix: string) => arnOf(account.accountId, suffix);
  const allow = (actions: readonly string[], resource: string | readonly string[]): Json => ({
    Effect: 'Allow',
    Action: actions,
    Resource: resource,
  });
  const chained: TrustStatement = {
    Effect: 'Allow',
    Principal: { AWS: arn('') },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
  };
  const denyEverybody: TrustStatement = {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sts:AssumeRoleWithWebIdentity',
  };
  const ownerId: TrustStatement = {
    ...trust,
    Condition: {
      StringEquals: {
        ...trust.Condition?.StringEquals,
        [`${GITHUB}:repository_owner_id`]: account.ownerId,
      },
    },
  };
  return [
    {
      suffix: '',
      statements: [trust],
      permissions: [
        allow(['sts:AssumeRole', 'sts:TagSession'], arn('-chain')),
        allow(['iam:GetRole', 'iam:UpdateAssumeRolePolicy'], arn('-propagation')),
        allow(['cloudtrail:LookupEvents'], '*'),
      ],
    },
    { suffix: '-chain', statements: [chained] },
    { suffix: '-deny-everybody', statements: [trust, denyEverybody] },
    { suffix: '-owner-id', statements: [ownerId] },
    { suffix: '-propagation', statements: [trustOf(account, NOBODY)] },
  ];
}

/** The commands that create the identity provider, unless the account has it, and the roles. */
export function setUpCommands(account: LiveAccount): string {
  const provider = `arn:aws:iam::${account.accountId}:oidc-provider/${GITHUB}`;
  const roles = liveRoles(account).map(({ suffix, statements, permissions }) => {
    const name = `${LIVE}${suffix}`;
    const role = createRoleCommands({
      role: { path: '/', name },
      statements,
      maxSessionSeconds: DEFAULT_SESSION_SECONDS,
    });
    if (permissions === undefined) return role;
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: permissions });
    return `${role}\naws iam put-role-policy --role-name ${name} --policy-name live --policy-document '${policy}'`;
  });
  return [
    `aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${provider} >/dev/null 2>&1 ||`,
    `  ${createProviderCommand(EXAMPLE_SETUP)}`,
    ...roles.flatMap((role, index) => (index === 0 ? [role, WAIT] : [role])),
    ...variables(account),
  ].join('\n');
}

function variables({ accountId, repository }: LiveAccount): string[] {
  const settings = {
    LIVE_REGION: 'eu-west-1',
    LIVE_ROLE: arnOf(accountId, ''),
    LIVE_CHAIN: arnOf(accountId, '-chain'),
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `  gh variable set ${name} --env ${ENVIRONMENT} --repo ${repository} --body ${value}`,
  );
  return [
    "cat <<'EOF'",
    `Create the environment "${ENVIRONMENT}" in the repository. Then run:`,
    ...lines,
    'EOF',
  ];
}

/** The commands that delete the roles. The identity provider stays, since other roles may trust it. */
export function takeDownCommands(account: Pick<LiveAccount, 'accountId'>): string {
  const roles = liveRoles({ ...account, repository: 'OWNER/NAME', ownerId: '0' });
  return roles
    .flatMap(({ suffix, permissions }) => [
      ...(permissions === undefined
        ? []
        : [`aws iam delete-role-policy --role-name ${LIVE}${suffix} --policy-name live`]),
      `aws iam delete-role --role-name ${LIVE}${suffix}`,
    ])
    .join('\n');
}

if (import.meta.main) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { account: text, repository: text, 'owner-id': text, 'repository-id': text },
  });
  const [command] = positionals;
  const { account: accountId = '', repository = '', 'owner-id': ownerId = '' } = values;
  const isKnown = /^\d{12}$/.test(accountId);
  if (command === 'take-down' && isKnown) console.log(takeDownCommands({ accountId }));
  else if (command === 'set-up' && isKnown && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^\d+$/.test(ownerId))
    console.log(setUpCommands({ accountId, repository, ownerId, repositoryId: values['repository-id'] }));
  else {
    console.error(
      'Expected "set-up --repository OWNER/NAME --account ID --owner-id ID" or "take-down --account ID".',
    );
    process.exitCode = 1;
  }
}
