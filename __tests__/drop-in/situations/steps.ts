import type { Fault } from '../../../lab/traffic.ts';
import { DEPLOY, HUB, SPOKE } from '../../support/harness.ts';
import {
  ambient,
  BY_USER,
  hop,
  hub,
  keys,
  keysAlone,
  oidc,
  type Situation,
  USER_VARIABLES,
  without,
} from '../situation.ts';

const nothing = { 'disable-retry': 'true' };
/** The inputs that a step has which gets the rest from variables. */
const FROM_VARIABLES = {
  AWS_REGION: 'eu-west-1',
  ROLE_TO_ASSUME: DEPLOY,
  ROLE_SESSION_NAME: 'from-variable',
};
const variable = (name: string, value: string, inputs = oidc()): Situation => ({
  name: `variable ${name}: ${value.length > 40 ? '…' : value}`,
  env: { [name]: value },
  steps: [inputs],
});

const denials = (times: number): Fault => ({
  server: 'sts',
  operation: 'AssumeRoleWithWebIdentity',
  kind: { name: 'error', code: 'AccessDenied', message: 'Not authorized', status: 403 },
  times,
});
const broken = (times: number): Fault => ({ server: 'sts', kind: { name: 'status', status: 500 }, times });
const patient = (more = {}) => without(oidc(more), 'disable-retry');

/** Variables that supply inputs, several steps, tries, and the way to STS. */
export const STEPS: readonly Situation[] = [
  { name: 'variables: region, role and session name', env: FROM_VARIABLES, steps: [nothing] },
  { name: 'variables: an input goes before its variable', env: FROM_VARIABLES, steps: [oidc()] },
  {
    name: 'translate-env-variables: false',
    env: FROM_VARIABLES,
    steps: [{ ...nothing, 'translate-env-variables': 'false' }],
  },
  variable('ROLE_DURATION_SECONDS', '1800'),
  variable(
    'ROLE_EXTERNAL_ID',
    'between-us',
    keys({ 'role-to-assume': 'arn:aws:iam::111111111111:role/external' }),
  ),
  variable('ROLE_SKIP_SESSION_TAGGING', 'true', keys()),
  variable('TRANSITIVE_TAG_KEYS', 'Repository', keys()),
  variable('INLINE_SESSION_POLICY', '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'),
  variable('MANAGED_SESSION_POLICIES', 'arn:aws:iam::aws:policy/ReadOnlyAccess'),
  variable('OUTPUT_CREDENTIALS', 'true'),
  variable('UNSET_CURRENT_CREDENTIALS', 'true'),
  variable('MASK_AWS_ACCOUNT_ID', 'true'),
  variable('AUDIENCE', 'https://octo.example'),
  variable('WEB_IDENTITY_TOKEN_FILE', '/nowhere/token'),
  variable('SPECIAL_CHARACTERS_WORKAROUND', 'true', keysAlone()),
  variable('OVERWRITE_AWS_PROFILE', 'maybe', oidc({ 'aws-profile': 'deploy' })),
  {
    name: 'variable USE_EXISTING_CREDENTIALS',
    env: { USE_EXISTING_CREDENTIALS: 'true' },
    steps: [oidc(), oidc()],
  },
  { name: 'variable ROLE_CHAINING', env: { ...USER_VARIABLES, ROLE_CHAINING: 'true' }, steps: [ambient()] },
  {
    name: 'variable DISABLE_RETRY',
    env: { DISABLE_RETRY: 'true' },
    faults: [denials(1)],
    steps: [patient()],
  },
  {
    name: 'variable RETRY_MAX_ATTEMPTS',
    env: { RETRY_MAX_ATTEMPTS: '2' },
    faults: [denials(2)],
    steps: [patient()],
  },
  variable('OUTPUT_ENV_CREDENTIALS', 'false'),
  variable('CUSTOM_TAGS', '{"Team":"x"}', keys()),
  variable('ALLOWED_ACCOUNT_IDS', '222222222222'),
  variable('FORCE_SKIP_OIDC', 'true'),
  variable('AWS_PROFILE', 'deploy'),
  { name: 'variables: those of the SDKs are no keys of the inputs', env: USER_VARIABLES, steps: [oidc()] },
  { name: 'variables: a job that is not quite one of GitHub', without: ['GITHUB_ACTOR'], steps: [oidc()] },
  { name: 'variables: a run that is numbered otherwise', env: { GITHUB_RUN_ID: 'x-42' }, steps: [oidc()] },
  {
    name: 'variables: where the SDKs say they run',
    env: { AWS_EXECUTION_ENV: 'CodeBuild' },
    steps: [keys()],
  },

  { name: 'two steps: another role', steps: [oidc(), hub()] },
  { name: 'two steps: keys after a session', steps: [oidc(), keysAlone()] },
  { name: 'two steps: another region', steps: [oidc(), oidc({ 'aws-region': 'us-east-1' })] },
  { name: 'two steps: a profile, then variables', steps: [oidc({ 'aws-profile': 'deploy' }), hub()] },
  { name: 'two steps: variables, then a profile', steps: [hub(), oidc({ 'aws-profile': 'deploy' })] },
  {
    name: 'two steps: a profile that is also exported, then variables',
    steps: [oidc({ 'aws-profile': 'deploy', 'output-env-credentials': 'true' }), hub()],
  },
  { name: 'two steps: two profiles', steps: [oidc({ 'aws-profile': 'one' }), hub({ 'aws-profile': 'two' })] },
  {
    name: 'two steps: keys, then a role from them',
    steps: [keysAlone(), hop({ 'role-to-assume': BY_USER })],
  },
  { name: 'two steps: the first fails', steps: [oidc({ 'role-to-assume': `${HUB}-not` }), oidc()] },
  { name: 'three steps: a chain', steps: [hub(), hop({ 'role-to-assume': SPOKE }), oidc()] },
  {
    name: 'after the job: a region that was there',
    env: { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-2' },
    steps: [oidc()],
  },
  { name: 'after the job: keys that were there', env: USER_VARIABLES, steps: [oidc()] },
  { name: 'AWS_SKIP_CLEANUP_STEP: true', env: { AWS_SKIP_CLEANUP_STEP: 'true' }, steps: [oidc()] },

  { name: 'disable-retry: with a refusal', faults: [denials(1)], steps: [oidc()] },
  { name: 'disable-retry: with a broken answer', faults: [broken(1)], steps: [oidc()] },
  { name: 'retry-max-attempts: 3', faults: [denials(2)], steps: [patient({ 'retry-max-attempts': '3' })] },
  {
    name: 'retry-max-attempts: 3, of four that were needed',
    faults: [denials(3)],
    steps: [patient({ 'retry-max-attempts': '3' })],
  },
  { name: 'retry-max-attempts: 1', faults: [denials(1)], steps: [patient({ 'retry-max-attempts': '1' })] },
  { name: 'retry-max-attempts: 0', faults: [denials(1)], steps: [patient({ 'retry-max-attempts': '0' })] },
  { name: 'retry-max-attempts: -1', faults: [denials(1)], steps: [patient({ 'retry-max-attempts': '-1' })] },
  { name: 'retry-max-attempts: many', steps: [oidc({ 'retry-max-attempts': 'many' })] },
  {
    name: 'retry-max-attempts: 2, and broken answers',
    faults: [broken(4)],
    steps: [patient({ 'retry-max-attempts': '2' })],
  },
  { name: 'tries: a role that is known at the fourth', faults: [denials(3)], steps: [patient()] },
  { name: 'tries: a broken answer', faults: [broken(1)], steps: [patient()] },

  { name: 'action-timeout-s: 30', steps: [oidc({ 'action-timeout-s': '30' })] },
  { name: 'action-timeout-s: 0', steps: [oidc({ 'action-timeout-s': '0' })] },
  {
    name: 'action-timeout-s: 2, and no answer',
    faults: [{ server: 'sts', kind: { name: 'hang' } }],
    steps: [oidc({ 'action-timeout-s': '2' })],
  },
  { name: 'action-timeout-s: a minute', steps: [oidc({ 'action-timeout-s': 'a minute' })] },

  { name: 'sts-endpoint: no URL', steps: [oidc({ 'sts-endpoint': 'nowhere' })] },
  { name: 'http-proxy: as an input', proxy: true, steps: [oidc({ 'http-proxy': 'PROXY' })] },
  { name: 'http-proxy: no URL', steps: [oidc({ 'http-proxy': 'http://' })] },
  { name: 'variable HTTP_PROXY', proxy: true, env: { HTTP_PROXY: 'PROXY' }, steps: [oidc()] },
  {
    name: 'variable HTTPS_PROXY: goes before HTTP_PROXY',
    proxy: true,
    env: { HTTPS_PROXY: 'PROXY', HTTP_PROXY: 'http://127.0.0.1:9' },
    steps: [oidc()],
  },
  { name: 'no-proxy: all', proxy: true, steps: [oidc({ 'http-proxy': 'PROXY', 'no-proxy': '*' })] },
  {
    name: 'no-proxy: the host',
    proxy: true,
    steps: [oidc({ 'http-proxy': 'PROXY', 'no-proxy': '127.0.0.1' })],
  },
  {
    name: 'variable NO_PROXY',
    proxy: true,
    env: { NO_PROXY: '*' },
    steps: [oidc({ 'http-proxy': 'PROXY' })],
  },
];
