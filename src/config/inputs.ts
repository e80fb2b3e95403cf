import { CONTAINER_ENDPOINTS, LOOPBACK } from '../aws/container-endpoints.ts';
import { MAX_USER_SECONDS } from '../aws/limits.ts';
import * as accounts from './accounts-parsers.ts';
import * as audit from './audit-parsers.ts';
import * as aws from './aws-parsers.ts';
import { customTags } from './tags.ts';
import { boolean, linesOf, listOf, oneOf, type Parser, text, wholeNumber } from './text-parsers.ts';

export type Action = 'main' | 'exec' | 'matrix' | 'audit';

/** Which part of an input no log may show; `masks.ts` has the rules. Errors never show a secret or an access key ID. */
export type Mask = 'secret' | 'access-key-id' | 'password' | 'account-ids';

export interface Input {
  readonly parse: Parser<unknown>;
  /** The value of an input that is not given; without it the value is undefined. */
  readonly default?: unknown;
  readonly mask?: Mask;
  /** Whether a variable of the same name, such as `ROLE_TO_ASSUME`, supplies the input. */
  readonly variable?: true;
  /** The actions that have the input; `main` and `exec` if not given. */
  readonly actions?: readonly Action[];
}

const LATER_STEPS = ['main'] as const;
const ALL = ['main', 'exec', 'matrix'] as const;
const COMMAND = ['exec'] as const;
const AUDIT = ['audit'] as const;

/**
 * Every input of every action, in the order of the documentation. `npm run docs` writes each `action.yml` and the tables
 * of the README from it, with the texts of `scripts/input-descriptions.ts`.
 *
 * Variables supply the inputs that they supply in configure-aws-credentials, except those with the names of variables of
 * the AWS SDKs: `AWS_ACCESS_KEY_ID` or `AWS_PROFILE` in the environment is not a choice of this action's user.
 */
export const INPUTS = {
  run: { parse: text, actions: COMMAND },
  shell: { parse: oneOf('bash', 'sh', 'pwsh', 'powershell', 'cmd', 'none'), actions: COMMAND },

  'aws-region': { parse: aws.region, variable: true, actions: [...ALL, 'audit'] },
  'role-to-assume': { parse: aws.role, variable: true, mask: 'account-ids', actions: ALL },
  'role-chain': { parse: aws.roleChain, default: [], mask: 'account-ids', actions: ALL },
  'role-for-pull-requests': { parse: aws.rolesOrNone, mask: 'account-ids', actions: ALL },
  profiles: { parse: text, mask: 'account-ids', actions: ALL },
  'profiles-file': { parse: aws.filePath, actions: ALL },
  'select-profiles': { parse: listOf(text), actions: ALL },
  canary: { parse: listOf(text), actions: ['matrix'] },
  'default-profile': { parse: text },
  'allow-partial': { parse: boolean, default: false, actions: LATER_STEPS },
  'max-parallel': { parse: wholeNumber(1, 1000, 'requests'), default: 100 },

  'accounts-from': { parse: listOf(accounts.parent), actions: ALL },
  'account-role': { parse: aws.bareRole, actions: ALL },
  'account-role-for-pull-requests': { parse: aws.bareRoleOrNone, actions: ALL },
  'account-filter': { parse: linesOf(accounts.accountFilter), default: [], actions: ALL },

  auth: {
    parse: oneOf('auto', 'github-oidc', 'web-identity-file', 'static', 'ambient', 'saml'),
    default: 'auto',
    actions: ALL,
  },
  audience: { parse: aws.audience, variable: true, actions: ALL },
  'web-identity-token-file': { parse: aws.filePath, variable: true },
  'aws-access-key-id': { parse: aws.accessKeyId, mask: 'access-key-id' },
  'aws-secret-access-key': { parse: aws.secretAccessKey, mask: 'secret' },
  'aws-session-token': { parse: aws.sessionToken, mask: 'secret' },
  'role-chaining': { parse: boolean, default: false, variable: true },
  'force-skip-oidc': { parse: boolean, default: false, variable: true },
  'use-existing-credentials': { parse: boolean, default: false, variable: true, actions: LATER_STEPS },
  'saml-assertion': { parse: aws.samlAssertion, mask: 'secret' },
  'saml-provider-arn': { parse: aws.samlProviderArn, mask: 'account-ids' },
  'mfa-serial': { parse: aws.mfaSerial, mask: 'account-ids' },
  'mfa-code': { parse: aws.mfaCode, mask: 'secret' },
  'mfa-totp-secret': { parse: aws.totpSecret, mask: 'secret' },
  operation: { parse: oneOf('auto', 'get-session-token', 'get-federation-token'), default: 'auto' },
  'federation-name': { parse: aws.federationName },

  'role-duration-seconds': { parse: aws.sessionDuration, variable: true },
  'minimum-remaining-seconds': { parse: wholeNumber(0, MAX_USER_SECONDS, 'seconds') },
  'role-session-name': { parse: aws.roleSessionName, variable: true, actions: ALL },
  'role-external-id': { parse: aws.externalId, variable: true, actions: ALL },
  'source-identity': { parse: aws.sourceIdentity },
  'custom-tags': { parse: customTags, default: [], variable: true },
  'transitive-tag-keys': { parse: aws.tagKeys, default: [], variable: true },
  'role-skip-session-tagging': { parse: boolean, default: false, variable: true },
  'tag-oidc-session': { parse: boolean, default: false },
  'inline-session-policy': { parse: aws.inlinePolicy, variable: true, mask: 'account-ids' },
  'managed-session-policies': { parse: aws.policyArns, default: [], variable: true, mask: 'account-ids' },

  'allowed-account-ids': { parse: aws.accountIds, variable: true, mask: 'account-ids' },
  'mask-aws-account-id': { parse: boolean, default: false, variable: true },
  'mask-aws-access-key-id': { parse: boolean, default: true },
  'output-env-credentials': { parse: boolean, variable: true, actions: LATER_STEPS },
  'output-credentials': { parse: boolean, default: false, variable: true, actions: LATER_STEPS },
  'export-region': { parse: boolean, actions: LATER_STEPS },
  'aws-profile': { parse: aws.profileName, actions: LATER_STEPS },
  'overwrite-aws-profile': { parse: boolean, default: false, variable: true, actions: LATER_STEPS },
  refresh: { parse: oneOf('off', 'process', 'broker'), default: 'off' },
  'broker-address': { parse: oneOf(...CONTAINER_ENDPOINTS), default: LOOPBACK },
  'unset-current-credentials': { parse: boolean, default: false, variable: true, actions: LATER_STEPS },
  'job-summary': { parse: boolean, default: false, actions: ['main', 'audit'] },

  'sts-endpoint': { parse: aws.httpUrl, variable: true, mask: 'password', actions: ALL },
  'sts-fallback-regions': { parse: aws.regions },
  'http-proxy': { parse: aws.proxyUrl, mask: 'password', actions: ALL },
  'no-proxy': { parse: text, actions: ALL },
  'disable-retry': { parse: boolean, default: false, variable: true },
  'retry-max-attempts': { parse: wholeNumber(0, 100, 'attempts'), default: 12, variable: true },
  'wait-for-role': { parse: wholeNumber(0, 3600, 'seconds'), default: 0 },
  'special-characters-workaround': { parse: boolean, default: false, variable: true },
  'action-timeout-s': { parse: wholeNumber(0, 86_400, 'seconds'), default: 60, variable: true, actions: ALL },
  'translate-env-variables': { parse: boolean, default: true, actions: LATER_STEPS },

  'trust-policy': { parse: linesOf(aws.filePath), default: [] },
  'github-token': { parse: text, default: '', mask: 'secret', actions: ['main', 'exec', 'audit'] },
  'warn-on-privileged-trigger': { parse: boolean, default: true },
  'dry-run': { parse: boolean, default: false },

  workflows: { parse: linesOf(text), default: ['.github/workflows/*.y*ml'], actions: AUDIT },
  policies: { parse: linesOf(text), default: [], actions: AUDIT },
  live: { parse: boolean, default: false, actions: AUDIT },
  repository: { parse: audit.repository, actions: AUDIT },
  'repository-id': { parse: audit.id, actions: AUDIT },
  'owner-id': { parse: audit.id, actions: AUDIT },
  'subject-format': { parse: oneOf('name', 'immutable', 'both'), actions: AUDIT },
  'subject-claims': { parse: listOf(text), actions: AUDIT },
  'default-branch': { parse: text, actions: AUDIT },
  variables: { parse: audit.variables, mask: 'secret', actions: AUDIT },
  'fail-on': { parse: oneOf('none', 'denied', 'risk', 'unknown'), default: 'denied', actions: AUDIT },
  'baseline-file': { parse: aws.filePath, actions: AUDIT },
  'sarif-file': { parse: aws.filePath, actions: AUDIT },
} as const satisfies Readonly<Record<string, Input>>;

export type InputName = keyof typeof INPUTS;

/** The type that the parser of an input yields, with that of its default. */
export type InputValue<N extends InputName> =
  | ((typeof INPUTS)[N]['parse'] extends Parser<infer Value> ? Value : never)
  | ((typeof INPUTS)[N] extends { readonly default: infer Default } ? Default : undefined);

/** Every input with its name, in the order of the table. */
export function inputEntries(): readonly (readonly [InputName, Input])[] {
  return Object.entries(INPUTS) as [InputName, Input][];
}

/** Whether an action has an input. */
export function isInputOf(name: InputName, action: Action): boolean {
  const { actions = ['main', 'exec'] }: Input = INPUTS[name];
  return actions.includes(action);
}
