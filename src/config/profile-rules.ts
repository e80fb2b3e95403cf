import type { Rule } from './flat-rules.ts';
import type { InputName } from './inputs.ts';
import { ROLE_FOR_PULL_REQUESTS } from './profile.ts';

/** Inputs about one session, and the settings that replace them in a profile. */
const SETTINGS: Readonly<Partial<Record<InputName, string>>> = {
  'role-to-assume': 'role_arn',
  'role-chain': 'source_profile',
  'role-external-id': 'external_id',
  'inline-session-policy': 'session_policy',
  'managed-session-policies': 'policy_arns',
  'transitive-tag-keys': 'transitive_tag_keys',
  'mfa-serial': 'mfa_serial',
  'aws-profile': 'the name in the header',
};

/** Rules for the inputs that apply together with profiles. */
export const PROFILE_RULES: readonly Rule[] = [
  (_draft, inputs) =>
    inputs.get('role-for-pull-requests') !== undefined && {
      input: 'role-for-pull-requests',
      found: 'role-for-pull-requests with profiles',
      expected: `${ROLE_FOR_PULL_REQUESTS} in the profile`,
      remedy: `Remove role-for-pull-requests, and set ${ROLE_FOR_PULL_REQUESTS} in each profile that requires it.`,
    },

  ...Object.entries(SETTINGS).map(
    ([input, setting]): Rule =>
      (_draft, inputs) =>
        inputs.given(input as InputName) && {
          input,
          found: `${input} with profiles`,
          expected: `${setting} in the profile`,
          remedy: `Remove ${input}, and set ${setting} in each profile that requires it.`,
        },
  ),

  (_draft, inputs) =>
    inputs.given('profiles') &&
    inputs.given('profiles-file') && {
      input: 'profiles-file',
      found: 'profiles and profiles-file',
      expected: 'one of them',
      remedy: 'Move all profiles to one of the inputs.',
    },

  ({ session: { operation } }) =>
    operation !== 'get-caller-identity' && {
      input: 'operation',
      found: `${operation} with profiles`,
      expected: 'no operation, because profiles assume roles',
      remedy: 'Remove operation, or use it in a separate step.',
    },

  (_draft, inputs) =>
    inputs.given('mfa-code') &&
    inputs.given('mfa-totp-secret') && {
      input: 'mfa-code',
      found: 'mfa-code and mfa-totp-secret',
      expected: 'one of them',
      remedy: 'Remove one of them.',
    },
  ({ profiles }, inputs) => {
    const withDevice = profiles?.entries.find(({ mfaSerial }) => mfaSerial !== undefined);
    if (withDevice === undefined || inputs.given('mfa-code') || inputs.given('mfa-totp-secret'))
      return undefined;
    return {
      input: 'mfa-totp-secret',
      found: `nothing, with mfa_serial in profile ${withDevice.name}`,
      expected: 'mfa-code or mfa-totp-secret',
      remedy: 'Add the secret key of the device, or its code.',
    };
  },
];
