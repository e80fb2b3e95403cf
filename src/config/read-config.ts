import { partitionOfRegion } from '../aws/partitions.ts';
import type { Environment } from '../platform/environment.ts';
import { COMMON_RULES } from './common-rules.ts';
import type { Config } from './config.ts';
import { readDelivery } from './delivery-config.ts';
import type { Draft } from './draft.ts';
import { FLAT_RULES } from './flat-rules.ts';
import { readIdentity } from './identity-config.ts';
import { InputReader } from './input-reader.ts';
import type { InputText } from './input-text.ts';
import { PROFILE_RULES } from './profile-rules.ts';
import { hasProfiles, type ProfilesSource } from './profiles-source.ts';
import { readRetry, readSts } from './request-config.ts';
import { readRoles } from './roles.ts';
import { readProfilesConfig } from './selected-profiles.ts';
import { readSession } from './session-config.ts';
import type { JobFacts } from './session-name.ts';

/** What the config is read from. */
export interface ConfigSources {
  readonly text: InputText;
  readonly env: Environment;
  readonly job: JobFacts;
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
  readOwn?.(inputs);
  inputs.readRest();
  checkRules(draft, inputs);
  inputs.assertNoProblems();
  return complete(draft);
}

/** The seconds of `action-timeout-s`, which start before other inputs are read; the default if it is not valid. */
export function readTimeout(text: InputText): number {
  return new InputReader(text).get('action-timeout-s');
}

/** Reads each input by itself. */
function readDraft(inputs: InputReader, { job, env, profiles: source }: ConfigSources): Draft {
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
  return {
    region,
    partition,
    identity,
    guards,
    session,
    delivery: readDelivery(inputs),
    sts: readSts(inputs, env),
    roles: readRoles(inputs, partition, identity, guards),
    profiles: source && readProfilesConfig(inputs, source, { partition, session, env }),
    maxParallel: inputs.get('max-parallel'),
    useExisting: inputs.get('use-existing-credentials'),
    roleMayBeMissing: identity?.kind === 'ambient' && !choosesAmbient(inputs),
    dryRun: inputs.get('dry-run'),
    trustPolicies: inputs.get('trust-policy'),
    gitHubToken: inputs.get('github-token'),
    warnOnPrivilegedTrigger: inputs.get('warn-on-privileged-trigger'),
    timeoutSeconds: inputs.get('action-timeout-s'),
    ...readRetry(inputs),
  };
}

/** Checks inputs together. */
function checkRules(draft: Draft, inputs: InputReader): void {
  const rules = [...(hasProfiles(inputs) ? PROFILE_RULES : FLAT_RULES), ...COMMON_RULES];
  // All first, as rules ask which inputs are invalid by themselves.
  const problems = rules.map((rule) => rule(draft, inputs));
  for (const problem of problems) if (problem) inputs.problem(problem);
}

function complete({ region, partition, identity, ...rest }: Draft): Config {
  if (region === undefined || partition === undefined || identity === undefined) {
    throw new TypeError('a required input is missing, but no problem was noted');
  }
  return { region, partition, identity, ...rest };
}

/** Whether an input shows that the credentials in the environment are the intended identity. */
function choosesAmbient(inputs: InputReader): boolean {
  return (
    inputs.given('role-to-assume') ||
    hasProfiles(inputs) ||
    inputs.get('auth') === 'ambient' ||
    inputs.get('force-skip-oidc') ||
    inputs.given('operation')
  );
}
