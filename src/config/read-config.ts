import { endpointVariable } from '../aws/endpoints.ts';
import { partitionOfRegion } from '../aws/partitions.ts';
import type { Environment } from '../platform/environment.ts';
import { DEFAULT_REFUSALS } from '../platform/retry.ts';
import type { PullRequestVerdict } from '../platform/runner/pull-request.ts';
import { hasAccounts, readAccounts } from './accounts-config.ts';
import { httpUrl } from './aws-parsers.ts';
import { COMMON_RULES } from './common-rules.ts';
import type { Config, DeliveryConfig, StsConfig } from './config.ts';
import { type Draft, FLAT_RULES } from './flat-rules.ts';
import { readIdentity } from './identity-config.ts';
import { InputReader, type InputText } from './input-reader.ts';
import { INPUTS } from './inputs.ts';
import { PROFILE_RULES } from './profile-rules.ts';
import { hasProfiles, type ProfilesSource } from './profiles-source.ts';
import { givenRoles, readRoleChoice } from './role-choice.ts';
import { checkAccounts, completeGivenRoles } from './roles.ts';
import { readProfilesConfig } from './selected-profiles.ts';
import { type JobFacts, readSession } from './session-config.ts';

interface ConfigSources {
  readonly text: InputText;
  readonly env: Environment;
  readonly job: JobFacts;
  /** Whether the run is for a pull request. */
  readonly pullRequest: PullRequestVerdict;
  readonly profiles?: ProfilesSource | undefined;
}

/**
 * Reads and checks every input.
 *
 * @param readOwn reads the inputs that only one action has, so that their problems are reported, too
 * @throws ActionError `INVALID_INPUT` with all problems of all inputs
 */
export function readConfig(sources: ConfigSources, readOwn?: (inputs: InputReader) => void): Config {
  const inputs = new InputReader(sources.text);
  const draft = readDraft(inputs, sources);
  if (draft.sts.endpoint === undefined && endpointVariable(sources.env) === undefined) {
    checkAccounts(inputs, 'role-to-assume', draft.roles);
    checkAccounts(inputs, 'profiles', draft.profiles?.entries.map(({ role }) => role) ?? []);
  }
  readOwn?.(inputs);
  inputs.readRest();
  const rules = [...(hasProfiles(inputs) ? PROFILE_RULES : FLAT_RULES), ...COMMON_RULES];
  // All first, as rules ask which inputs are invalid by themselves.
  const problems = rules.map((rule) => rule(draft, inputs));
  for (const problem of problems) if (problem) inputs.problem(problem);
  inputs.assertNoProblems();
  const { region, partition, identity, ...rest } = draft;
  if (region === undefined || partition === undefined || identity === undefined) {
    throw new TypeError('a required input is missing, but no problem was noted');
  }
  return { region, partition, identity, ...rest };
}

/** The seconds of `action-timeout-s`, which start before other inputs are read; the default if it is not valid. */
export function readTimeout(text: InputText): number {
  return new InputReader(text).get('action-timeout-s');
}

function readDraft(inputs: InputReader, { job, env, profiles: source, pullRequest }: ConfigSources): Draft {
  const region = inputs.required('aws-region', {
    expected: 'the AWS region of the sessions, such as eu-west-1',
    remedy: 'Add aws-region under with:.',
  });
  const partition = region === undefined ? undefined : partitionOfRegion(region);
  const identity = readIdentity(inputs, env, partition);
  const guards = {
    allowedAccountIds: inputs.get('allowed-account-ids'),
    minimumRemainingSeconds: inputs.get('minimum-remaining-seconds'),
  };
  const session = readSession(inputs, job, env);
  const { isForPullRequest } = pullRequest;
  const profiles =
    source && readProfilesConfig(inputs, source, { partition, session, env, isForPullRequest });
  const hasProfilesForPullRequests =
    profiles?.entries.some(({ hasRoleForPullRequests }) => hasRoleForPullRequests) ?? false;
  // Inputs that show that the credentials in the environment are the intended identity.
  const isAmbientMeant =
    inputs.given('role-to-assume') ||
    hasProfiles(inputs) ||
    hasAccounts(inputs) ||
    inputs.get('auth') === 'ambient' ||
    inputs.get('force-skip-oidc') ||
    inputs.given('operation');
  return {
    region,
    partition,
    identity,
    guards,
    session,
    delivery: readDelivery(inputs),
    sts: readSts(inputs, env),
    roles: completeGivenRoles(inputs, givenRoles(inputs, pullRequest), { partition, identity, guards }),
    roleChoice: readRoleChoice(inputs, pullRequest, hasProfilesForPullRequests),
    profiles,
    accounts: readAccounts(inputs, pullRequest),
    maxParallel: inputs.get('max-parallel'),
    useExisting: inputs.get('use-existing-credentials'),
    roleMayBeMissing: identity?.kind === 'ambient' && !isAmbientMeant,
    dryRun: inputs.get('dry-run'),
    trustPolicies: inputs.get('trust-policy'),
    gitHubToken: inputs.get('github-token'),
    warnOnPrivilegedTrigger: inputs.get('warn-on-privileged-trigger'),
    timeoutSeconds: inputs.get('action-timeout-s'),
    ...readRetry(inputs),
  };
}

function readDelivery(inputs: InputReader): DeliveryConfig {
  const refresh = inputs.get('refresh');
  const wished = inputs.get('output-env-credentials');
  // As in configure-aws-credentials, a profile replaces the variables by default. With refresh, no variable has keys.
  const environment = wished ?? (refresh !== 'off' || !inputs.given('aws-profile'));
  return {
    refresh,
    brokerAddress: inputs.get('broker-address'),
    environment,
    keys: hasProfiles(inputs) || hasAccounts(inputs) ? wished === true : environment,
    outputs: inputs.get('output-credentials'),
    region: inputs.get('export-region'),
    profile: inputs.get('aws-profile'),
    overwriteProfiles: inputs.get('overwrite-aws-profile'),
    summary: inputs.get('job-summary'),
    unsetCurrent: inputs.get('unset-current-credentials'),
    maskAccountId: inputs.get('mask-aws-account-id'),
    maskAccessKeyId: inputs.get('mask-aws-access-key-id'),
  };
}

function readSts(inputs: InputReader, env: Environment): StsConfig {
  checkEndpointVariables(inputs, env);
  return {
    endpoint: inputs.get('sts-endpoint'),
    fallbackRegions: inputs.get('sts-fallback-regions'),
    proxy: { httpProxy: inputs.get('http-proxy'), noProxy: inputs.get('no-proxy') },
  };
}

/** Notes problems of the SDK's variables for endpoints, unless an input overrides the variable. */
function checkEndpointVariables(inputs: InputReader, env: Environment): void {
  if (!inputs.given('sts-endpoint'))
    checkEndpointVariable(inputs, endpointVariable(env), ', or override it with sts-endpoint.');
  if (hasAccounts(inputs)) checkEndpointVariable(inputs, endpointVariable(env, 'ORGANIZATIONS'), '.');
}

function checkEndpointVariable(
  inputs: InputReader,
  variable: ReturnType<typeof endpointVariable>,
  otherwise: string,
): void {
  if (variable === undefined) return;
  const { name, text } = variable;
  const parsed = httpUrl(text);
  if ('value' in parsed) return;
  inputs.problem({
    input: name,
    isVariable: true,
    found: parsed.found ?? text,
    expected: parsed.expected,
    remedy: `${parsed.remedy} Correct the environment variable${otherwise}`,
  });
}

/**
 * Reads how often and for how long requests are retried. 0 and 1 both mean one attempt. A number that the user sets also
 * applies to denied and throttled requests. `special-characters-workaround` takes several sessions, so it has its own number.
 */
function readRetry(inputs: InputReader): Pick<Config, 'maxAttempts' | 'throttledUntilDeadline' | 'refusals'> {
  const waitSeconds = inputs.get('wait-for-role');
  const attempts = inputs.get('retry-max-attempts');
  const disabled = inputs.get('disable-retry');
  if (inputs.get('special-characters-workaround')) {
    const maxAttempts = INPUTS['retry-max-attempts'].default;
    return { maxAttempts, throttledUntilDeadline: true, refusals: { ...DEFAULT_REFUSALS, waitSeconds } };
  }
  const maxAttempts = disabled ? 1 : Math.max(1, attempts);
  const retries = inputs.given('retry-max-attempts') ? maxAttempts - 1 : DEFAULT_REFUSALS.retries;
  const throttledUntilDeadline = !disabled && !inputs.given('retry-max-attempts');
  return { maxAttempts, throttledUntilDeadline, refusals: { retries, waitSeconds } };
}
