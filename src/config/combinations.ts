import type { BareRole, RoleArn } from '../aws/arn.ts';
import { MAX_ROLE_SECONDS } from '../aws/limits.ts';
import type { DeliveryConfig, IdentityConfig, ProfilesConfig, SessionConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import { keysWithoutTag } from './tags.ts';

/** Notes what is right by itself and wrong together. */
export function checkCombinations(
  inputs: InputReader,
  identity: IdentityConfig,
  roles: readonly (RoleArn | BareRole)[],
  session: SessionConfig,
): void {
  const withRole = roles.length > 0;
  const signed = identity.kind === 'static' || identity.kind === 'ambient';
  const { operation, duration } = session;

  if (inputs.given('role-chain') && !inputs.given('role-to-assume')) {
    inputs.problem({
      input: 'role-chain',
      found: 'role-chain without role-to-assume',
      expected: 'role-to-assume, the first role, and then role-chain',
      remedy: 'Move the first line of role-chain to role-to-assume.',
    });
  }
  if (!withRole && !signed && !inputs.given('role-to-assume')) {
    inputs.problem({
      input: 'role-to-assume',
      found: 'nothing',
      expected: `the ARN of the role to assume, as an identity of kind ${identity.kind} is of no use without one`,
      remedy: 'Add role-to-assume under with:.',
    });
  }
  if (operation !== 'get-caller-identity') checkUserOperation(inputs, identity, withRole, session);

  if (withRole && duration?.kind === 'seconds' && duration.seconds > MAX_ROLE_SECONDS) {
    inputs.problem({
      input: 'role-duration-seconds',
      found: String(duration.seconds),
      expected: `a whole number of seconds from 60 to ${MAX_ROLE_SECONDS}, or max`,
      remedy: 'STS gives no longer session of a role.',
    });
  }
  if (duration?.kind === 'cut' && operation === 'get-session-token') {
    inputs.problem({
      input: 'role-duration-seconds',
      found: String(duration.seconds),
      expected: 'at least 900 seconds with operation: get-session-token',
      remedy: 'A session is cut short by a session policy, and GetSessionToken takes none.',
    });
  }
  if (session.mfaSerial !== undefined && (!signed || operation === 'get-federation-token')) {
    inputs.problem({
      input: 'mfa-serial',
      found: `mfa-serial with ${signed ? `operation: ${operation}` : `an identity of kind ${identity.kind}`}`,
      expected: 'MFA with static or ambient keys, for a role or for operation: get-session-token',
      remedy: 'Remove the mfa- inputs: STS takes no code in this request.',
    });
  }
  const [unknown] = keysWithoutTag(session.transitiveTagKeys, session.tags).unknown;
  if (unknown !== undefined) {
    inputs.problem({
      input: 'transitive-tag-keys',
      found: unknown,
      expected: `keys of session tags: ${session.tags.map(({ key }) => key).join(', ')}`,
      remedy: 'Name a tag that the session has, or add it to custom-tags.',
    });
  }
}

/** GetSessionToken and GetFederationToken are for the long-lived keys of IAM users. */
function checkUserOperation(
  inputs: InputReader,
  identity: IdentityConfig,
  withRole: boolean,
  { operation, inlinePolicy, policyArns }: SessionConfig,
): void {
  const temporary = identity.kind === 'static' && identity.credentials.sessionToken !== undefined;
  if (withRole || temporary || (identity.kind !== 'static' && identity.kind !== 'ambient')) {
    inputs.problem({
      input: 'operation',
      found: `${operation} with ${withRole ? 'role-to-assume' : temporary ? 'aws-session-token' : `an identity of kind ${identity.kind}`}`,
      expected: 'the long-lived keys of an IAM user, and no role',
      remedy: 'Remove operation, or what stands against it.',
    });
  }
  if (operation === 'get-federation-token' && inlinePolicy === undefined && policyArns.length === 0) {
    inputs.problem({
      input: 'operation',
      found: 'get-federation-token without a session policy',
      expected: 'inline-session-policy or managed-session-policies, without which the session may do nothing',
      remedy: 'Add one of them; the session gets what it and the user both allow.',
    });
  }
}

/** What belongs to the flat inputs, and has its place in the profile's section here. */
const FLAT_INPUTS: Readonly<Record<string, string>> = {
  'role-to-assume': 'role_arn',
  'role-chain': 'source_profile',
  'role-external-id': 'external_id',
  'inline-session-policy': 'session_policy',
  'managed-session-policies': 'policy_arns',
  'transitive-tag-keys': 'transitive_tag_keys',
  'mfa-serial': 'mfa_serial',
  'aws-profile': 'the name in the header',
};

/** Notes inputs that have no meaning beside `profiles`, so that nothing is guessed. */
export function checkWithProfiles(
  inputs: InputReader,
  { entries }: ProfilesConfig,
  { operation, mfaCode }: SessionConfig,
): void {
  for (const [input, setting] of Object.entries(FLAT_INPUTS)) {
    if (!inputs.given(input)) continue;
    inputs.problem({
      input,
      found: `${input} beside profiles`,
      expected: `${setting} in the profile`,
      remedy: `Remove ${input}, and write ${setting} where it belongs.`,
    });
  }
  if (inputs.given('profiles') && inputs.given('profiles-file')) {
    inputs.problem({
      input: 'profiles-file',
      found: 'profiles and profiles-file',
      expected: 'one of them',
      remedy: 'Keep the profiles in one place.',
    });
  }
  if (operation !== 'get-caller-identity') {
    inputs.problem({
      input: 'operation',
      found: `${operation} beside profiles`,
      expected: 'no operation: profiles assume roles',
      remedy: 'Remove operation, or use a step of its own for it.',
    });
  }
  const withDevice = entries.find(({ mfaSerial }) => mfaSerial !== undefined);
  if (withDevice !== undefined && mfaCode === undefined) {
    inputs.problem({
      input: 'mfa-totp-secret',
      found: `mfa_serial in profile ${withDevice.name}, and no code`,
      expected: 'mfa-code or mfa-totp-secret',
      remedy: 'Pass the secret of the device, or its code.',
    });
  }
}

/** Notes what cannot be done again without anybody there, and so is no start for sessions that refresh themselves. */
export function checkRefresh(
  inputs: InputReader,
  { refresh }: DeliveryConfig,
  identity: IdentityConfig,
  { mfaCode, operation }: SessionConfig,
): void {
  if (refresh === 'off') return;
  const problem = (found: string, expected: string, remedy: string) =>
    inputs.problem({ input: 'refresh', found: `${refresh} with ${found}`, expected, remedy });
  if (identity.kind === 'saml') {
    problem(
      'a SAML assertion',
      'an identity that gives a new proof each time, as an assertion is good for minutes only',
      "Start from the job's OIDC token, or remove refresh.",
    );
  }
  if (mfaCode?.kind === 'code') {
    problem(
      'mfa-code',
      'mfa-totp-secret, as a code is good once',
      'Pass the secret of the device in place of its code.',
    );
  }
  const roles = ['role-to-assume', 'profiles', 'profiles-file'].some((name) => inputs.given(name));
  if (!roles && operation === 'get-caller-identity') {
    problem(
      'no role',
      'a role to assume, as keys that are handed on as they are cannot be renewed',
      'Add role-to-assume, or remove refresh.',
    );
  }
}

/** Notes trust policies for which there is no role, or no token to hold against the first. */
export function checkTrustPolicies(
  inputs: InputReader,
  trustPolicies: readonly string[],
  identity: IdentityConfig,
  roles: number,
): void {
  if (trustPolicies.length === 0) return;
  const withToken = identity.kind === 'github-oidc' || identity.kind === 'web-identity-file';
  if (withToken && trustPolicies.length <= roles) return;
  inputs.problem({
    input: 'trust-policy',
    found: withToken
      ? `${trustPolicies.length} files for ${roles} roles`
      : `an identity of kind ${identity.kind}`,
    expected:
      'one file for each of role-to-assume and role-chain, on lines of their own, and an OIDC token to hold against the first',
    remedy: 'Remove what is too much; with profiles, check the roles in steps of their own.',
  });
}
