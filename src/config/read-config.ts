import { endpointVariable } from '../aws/endpoints.ts';
import { FEDERATION_NAME, MAX_USER_SECONDS } from '../aws/limits.ts';
import { type Partition, partitionOfRegion } from '../aws/partitions.ts';
import type { Environment } from '../platform/environment.ts';
import { DEFAULT_REFUSALS } from '../platform/retry.ts';
import { checkCombinations, checkRefresh, checkTrustPolicies, checkWithProfiles } from './combinations.ts';
import type {
  Config,
  DeliveryConfig,
  GuardConfig,
  ProfilesConfig,
  SessionConfig,
  StsConfig,
} from './config.ts';
import { readGitHubOidc, readIdentity } from './identity-config.ts';
import { InputReader } from './input-reader.ts';
import type { InputText } from './input-text.ts';
import * as parse from './parsers.ts';
import { readProfiles } from './profiles-config.ts';
import { readRoles } from './roles.ts';
import { defaultSessionName, type JobFacts } from './session-name.ts';
import { customTags, keysWithoutTag, sessionTags } from './tags.ts';

const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_MAX_ATTEMPTS = 12;
const DEFAULT_MAX_PARALLEL = 16;

/**
 * Reads and checks every input.
 *
 * @param readOthers reads those that an action has besides, so that their problems are told along with the rest
 * @throws ActionError `INVALID_INPUT` naming all problems of all inputs
 */
export function readConfig(
  text: InputText,
  job: JobFacts,
  env: Environment,
  profilesText?: ProfilesText,
  readOthers?: (inputs: InputReader) => void,
): Config {
  const inputs = new InputReader(text);
  const region = inputs.required('aws-region', parse.region, {
    expected: 'the AWS region to work in, such as eu-west-1',
    remedy: 'Add aws-region under with:.',
  });
  const partition = region === undefined ? undefined : partitionOfRegion(region);
  const withProfiles = profilesText !== undefined;
  const identity = readIdentity(inputs, env, partition);
  const guards = readGuards(inputs);
  const session = readSession(inputs, job, env, withProfiles);
  const delivery = readDelivery(inputs, withProfiles);
  const sts = readSts(inputs, partition, env);
  const roles = readRoles(inputs, partition, identity, guards);
  const timeout = timeoutSeconds(inputs);
  const rest = {
    maxParallel: inputs.withDefault(
      'max-parallel',
      parse.wholeNumber(1, 100, 'requests'),
      DEFAULT_MAX_PARALLEL,
    ),
    useExisting: inputs.withDefault('use-existing-credentials', parse.boolean, false),
    roleMayBeMissing: identity?.kind === 'ambient' && !withProfiles && !choosesAmbient(inputs, text),
    dryRun: inputs.withDefault('dry-run', parse.boolean, false),
    trustPolicies: inputs.withDefault('trust-policy', parse.linesOf(parse.filePath), []),
    gitHubToken: inputs.withDefault('github-token', (value) => ({ value }), ''),
    warnOnPrivilegedTrigger: inputs.withDefault('warn-on-privileged-trigger', parse.boolean, true),
    timeoutSeconds: timeout,
    ...readTries(inputs, session.plainSecret, timeout),
  };
  const profiles =
    profilesText === undefined
      ? undefined
      : readProfilesConfig(inputs, profilesText, partition, session, env);
  if (profiles !== undefined) checkWithProfiles(inputs, profiles, session);
  else if (identity !== undefined) checkCombinations(inputs, identity, roles, session);
  if (identity !== undefined) checkTrustPolicies(inputs, rest.trustPolicies, identity, roles.length);
  if (identity !== undefined) checkRefresh(inputs, delivery, identity, session);
  readOthers?.(inputs);

  inputs.assertNoProblems();
  if (region === undefined || partition === undefined || identity === undefined) {
    throw new TypeError('a required input is missing though no problem was noted');
  }
  return { region, partition, identity, roles, session, profiles, guards, delivery, sts, ...rest };
}

/** The seconds of `action-timeout-s`, which begin before anything else is read; the default where it is not valid. */
export function readTimeout(text: InputText): number {
  return timeoutSeconds(new InputReader(text));
}

function timeoutSeconds(inputs: InputReader): number {
  return inputs.withDefault(
    'action-timeout-s',
    parse.wholeNumber(0, 86_400, 'seconds'),
    DEFAULT_TIMEOUT_SECONDS,
  );
}

/** Whether an input says that the environment's own credentials are meant. */
function choosesAmbient(inputs: InputReader, text: InputText): boolean {
  return (
    inputs.given('role-to-assume') ||
    text('auth').trim() === 'ambient' ||
    /^true$/i.test(text('force-skip-oidc').trim()) ||
    inputs.given('operation')
  );
}

/** The text of the profiles, and which input it came from. */
export interface ProfilesText {
  readonly input: 'profiles' | 'profiles-file';
  readonly text: string;
}

function readProfilesConfig(
  inputs: InputReader,
  { input, text }: ProfilesText,
  partition: Partition | undefined,
  session: SessionConfig,
  env: Environment,
): ProfilesConfig {
  const skipTags = session.tags.length === 0;
  const entries = readProfiles(inputs, input, text, partition).map((profile) => ({
    ...profile,
    tags: profile.tags === undefined || skipTags ? undefined : sessionTags(profile.tags, env),
  }));
  const names = entries.map(({ name }) => name);
  const known = parse.knownAs('a profile', names);
  const fallback = inputs.optional('default-profile', known);
  const selected = inputs.withDefault('select-profiles', parse.listOf(known), names);
  if (fallback !== undefined && !selected.includes(fallback)) {
    inputs.problem({
      input: 'default-profile',
      found: fallback,
      expected: `one of select-profiles: ${selected.join(', ')}`,
      remedy: 'Add it to select-profiles.',
    });
  }
  return {
    entries,
    selected,
    default: fallback,
    allowPartial: inputs.withDefault('allow-partial', parse.boolean, false),
    oidc: readGitHubOidc(inputs, partition),
  };
}

function readSession(
  inputs: InputReader,
  job: JobFacts,
  env: Environment,
  withProfiles: boolean,
): SessionConfig {
  const name = inputs.withDefault('role-session-name', parse.roleSessionName, defaultSessionName(job));
  const custom = inputs.withDefault('custom-tags', customTags, []);
  const skipTags = inputs.withDefault('role-skip-session-tagging', parse.boolean, false);
  const tags = skipTags ? [] : sessionTags(custom, env);
  const transitive = skipTags ? [] : inputs.withDefault('transitive-tag-keys', parse.tagKeys, []);
  const ofOtherEvents = new Set(keysWithoutTag(transitive, tags).ofJob);
  const operation = inputs.withDefault(
    'operation',
    parse.oneOf('auto', 'get-session-token', 'get-federation-token'),
    'auto',
  );
  return {
    operation: operation === 'auto' ? 'get-caller-identity' : operation,
    name,
    federationName: inputs.withDefault(
      'federation-name',
      parse.federationName,
      name.slice(0, FEDERATION_NAME.max),
    ),
    duration: inputs.optional('role-duration-seconds', parse.duration),
    externalId: inputs.optional('role-external-id', parse.externalId),
    sourceIdentity: inputs.optional('source-identity', parse.sourceIdentity),
    inlinePolicy: inputs.optional('inline-session-policy', parse.inlinePolicy),
    policyArns: inputs.withDefault('managed-session-policies', parse.policyArns, []),
    tags,
    transitiveTagKeys: transitive.filter((key) => !ofOtherEvents.has(key)),
    absentTagKeys: [...ofOtherEvents],
    ...readMfa(inputs, withProfiles),
    plainSecret: inputs.withDefault('special-characters-workaround', parse.boolean, false),
  };
}

/** The device of the inputs, and its code; with profiles the devices are theirs, and the code is for all of them. */
function readMfa(inputs: InputReader, withProfiles: boolean): Pick<SessionConfig, 'mfaSerial' | 'mfaCode'> {
  const serial = inputs.optional('mfa-serial', parse.mfaSerial);
  const code = inputs.optional('mfa-code', parse.mfaCode);
  const secret = inputs.optional('mfa-totp-secret', parse.totpSecret);
  const codes = Number(inputs.given('mfa-code')) + Number(inputs.given('mfa-totp-secret'));
  const complete = withProfiles ? codes < 2 : codes === Number(inputs.given('mfa-serial'));
  if (!complete) {
    inputs.problem({
      input: 'mfa-serial',
      found: `${inputs.given('mfa-serial') ? 'mfa-serial' : 'no mfa-serial'} with ${codes} of mfa-code and mfa-totp-secret`,
      expected: 'mfa-serial with either mfa-code or mfa-totp-secret',
      remedy: 'Name the device, and pass its code or its secret.',
    });
  }
  const mfaCode =
    code !== undefined
      ? ({ kind: 'code', code } as const)
      : secret !== undefined
        ? ({ kind: 'totp', secret } as const)
        : undefined;
  return { mfaSerial: serial, mfaCode };
}

function readGuards(inputs: InputReader): GuardConfig {
  return {
    allowedAccountIds: inputs.optional('allowed-account-ids', parse.accountIds),
    minimumRemainingSeconds: inputs.optional(
      'minimum-remaining-seconds',
      parse.wholeNumber(0, MAX_USER_SECONDS, 'seconds'),
    ),
  };
}

function readDelivery(inputs: InputReader, withProfiles: boolean): DeliveryConfig {
  const refresh = inputs.withDefault('refresh', parse.oneOf('off', 'process', 'broker'), 'off');
  // As in the peer: a profile is instead of variables, unless both are asked for. With refresh no variable has keys.
  const byDefault = refresh !== 'off' || !inputs.given('aws-profile');
  const wished = inputs.optional('output-env-credentials', parse.boolean);
  const environment = wished ?? byDefault;
  return {
    refresh,
    environment,
    keys: withProfiles ? wished === true : environment,
    outputs: inputs.withDefault('output-credentials', parse.boolean, false),
    region: inputs.optional('export-region', parse.boolean),
    profile: inputs.optional('aws-profile', parse.profileName),
    overwriteProfiles: inputs.withDefault('overwrite-aws-profile', parse.boolean, false),
    summary: inputs.withDefault('job-summary', parse.boolean, false),
    unsetCurrent: inputs.withDefault('unset-current-credentials', parse.boolean, false),
    maskAccountId: inputs.withDefault('mask-aws-account-id', parse.boolean, false),
    maskAccessKeyId: inputs.withDefault('mask-aws-access-key-id', parse.boolean, true),
  };
}

function readSts(inputs: InputReader, partition: Partition | undefined, env: Environment): StsConfig {
  checkEndpointVariable(inputs, env);
  const fallbackRegions = inputs.optional('sts-fallback-regions', parse.regions);
  const foreign = fallbackRegions?.find((region) => partitionOfRegion(region).id !== partition?.id);
  if (foreign !== undefined && partition !== undefined) {
    inputs.problem({
      input: 'sts-fallback-regions',
      found: `${foreign}, a region of partition ${partitionOfRegion(foreign).id}`,
      expected: `regions of partition ${partition.id}, to which aws-region belongs`,
      remedy: 'Credentials are good in one partition only; name other regions of the same.',
    });
  }
  return {
    endpoint: inputs.optional('sts-endpoint', parse.httpUrl),
    fallbackRegions,
    proxy: {
      httpProxy: inputs.optional('http-proxy', parse.proxyUrl),
      noProxy: inputs.optional('no-proxy', (value) => ({ value })),
    },
  };
}

/** Notes a variable of the SDKs that names the endpoint, and cannot be used as one. An input goes before it. */
function checkEndpointVariable(inputs: InputReader, env: Environment): void {
  const variable = inputs.given('sts-endpoint') ? undefined : endpointVariable(env);
  const parsed = variable === undefined ? undefined : parse.httpUrl(variable.text.trim());
  if (variable === undefined || parsed === undefined || 'value' in parsed) return;
  inputs.problem({
    input: variable.name,
    found: parsed.found ?? '',
    expected: parsed.expected,
    remedy: `${parsed.remedy} Correct the environment variable, or set sts-endpoint, which goes before it.`,
  });
}

/**
 * How often and how long requests are tried. 0 and 1 both mean a single try. A number that the user asked for is meant
 * for refusals, too. The workaround needs more than one session, so it brings its own tries.
 */
function readTries(
  inputs: InputReader,
  plainSecret: boolean,
  timeoutSeconds: number,
): Pick<Config, 'maxAttempts' | 'refusals'> {
  const attempts = inputs.optional('retry-max-attempts', parse.wholeNumber(0, 100, 'tries'));
  const disabled = inputs.withDefault('disable-retry', parse.boolean, false);
  const waitSeconds = inputs.withDefault('wait-for-role', parse.wholeNumber(0, 3600, 'seconds'), 0);
  const problem = (found: string, expected: string, remedy: string) =>
    inputs.problem({ input: 'wait-for-role', found: `${waitSeconds} s ${found}`, expected, remedy });
  if (waitSeconds > 0 && timeoutSeconds > 0 && waitSeconds >= timeoutSeconds) {
    problem(
      `where action-timeout-s ends the step after ${timeoutSeconds} s`,
      'fewer seconds than action-timeout-s',
      `Set action-timeout-s to ${waitSeconds + DEFAULT_TIMEOUT_SECONDS}, or wait-for-role to less.`,
    );
  }
  if (waitSeconds > 0 && disabled) {
    problem('with disable-retry: true', 'one of them', 'Remove disable-retry to wait for the role.');
  }
  if (plainSecret)
    return { maxAttempts: DEFAULT_MAX_ATTEMPTS, refusals: { ...DEFAULT_REFUSALS, waitSeconds } };
  const maxAttempts = disabled ? 1 : Math.max(1, attempts ?? DEFAULT_MAX_ATTEMPTS);
  const retries = attempts === undefined ? DEFAULT_REFUSALS.retries : maxAttempts - 1;
  return { maxAttempts, refusals: { retries, waitSeconds } };
}
