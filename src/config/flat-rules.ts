import type { Config } from './config.ts';
import type { InputReader, Problem } from './input-reader.ts';
import { keysWithoutTag } from './tags.ts';

/** Rules for `role-to-assume` and the inputs about its session, which apply without profiles. */
export const FLAT_RULES: readonly Rule[] = [
  // Without it, other events would get the identity itself.
  ({ roleChoice }, inputs) =>
    roleChoice?.isForPullRequest === false &&
    inputs.get('role-for-pull-requests') !== undefined &&
    !inputs.given('role-to-assume') && {
      input: 'role-to-assume',
      found: `nothing, with role-for-pull-requests, and ${roleChoice.why}`,
      expected: 'the role for the events that are not of a pull request',
      remedy: 'Add role-to-assume, or skip the step for these events.',
    },

  (_draft, inputs) =>
    inputs.given('role-chain') &&
    !inputs.given('role-to-assume') && {
      input: 'role-chain',
      found: 'role-chain without role-to-assume',
      expected: 'the first role in role-to-assume, and further roles in role-chain',
      remedy: 'Move the first line of role-chain to role-to-assume.',
    },

  (draft, inputs) =>
    draft.identity !== undefined &&
    draft.roles.length === 0 &&
    !isSigned(draft) &&
    !inputs.given('role-to-assume') && {
      input: 'role-to-assume',
      found: 'nothing',
      expected: `the ARN of the role to assume, which the identity ${draft.identity.kind} requires`,
      remedy: 'Add role-to-assume under with:.',
    },

  // GetSessionToken and GetFederationToken accept only the long-lived access keys of IAM users.
  (draft, inputs) => {
    const { session, identity, roles } = draft;
    const conflicts = [
      roles.length > 0 && 'role-to-assume',
      identity?.kind === 'static' && inputs.given('aws-session-token') && 'aws-session-token',
      !isSigned(draft) && `the identity ${identity?.kind}`,
    ];
    const conflict = conflicts.find((found) => found);
    if (session.operation === 'get-caller-identity' || identity === undefined || !conflict) return undefined;
    return {
      input: 'operation',
      found: `${session.operation} with ${conflict}`,
      expected: 'the long-lived access keys of an IAM user, and no role',
      remedy: 'Remove operation, or the input that conflicts with it.',
    };
  },

  ({ session: { operation } }, inputs) =>
    operation === 'get-federation-token' &&
    !inputs.given('inline-session-policy') &&
    !inputs.given('managed-session-policies') && {
      input: 'operation',
      found: 'get-federation-token without a session policy',
      expected:
        'inline-session-policy or managed-session-policies; without them the session has no permissions',
      remedy: 'Add one of them. The session has the permissions that both it and the IAM user allow.',
    },

  ({ session: { operation, duration } }) =>
    duration?.kind === 'cut' &&
    operation === 'get-session-token' && {
      input: 'role-duration-seconds',
      found: String(duration.seconds),
      expected: 'at least 900 seconds with operation: get-session-token',
      remedy:
        'Increase the duration. Shorter sessions require a session policy, which GetSessionToken rejects.',
    },

  (_draft, inputs) => {
    const withSerial = inputs.given('mfa-serial');
    const codes = Number(inputs.given('mfa-code')) + Number(inputs.given('mfa-totp-secret'));
    if (codes === Number(withSerial)) return undefined;
    return {
      input: 'mfa-serial',
      found: `${withSerial ? 'mfa-serial' : 'no mfa-serial'} with ${codes} of mfa-code and mfa-totp-secret`,
      expected: 'mfa-serial with either mfa-code or mfa-totp-secret',
      remedy: 'Set mfa-serial to the device, and add its code or its secret key.',
    };
  },

  (draft) => {
    const { mfaSerial, operation } = draft.session;
    const signed = isSigned(draft);
    if (mfaSerial === undefined || draft.identity === undefined) return undefined;
    if (signed && operation !== 'get-federation-token') return undefined;
    return {
      input: 'mfa-serial',
      found: `mfa-serial with ${signed ? `operation: ${operation}` : `the identity ${draft.identity.kind}`}`,
      expected: 'MFA with static or ambient credentials, for a role or for operation: get-session-token',
      remedy: 'Remove the mfa- inputs. STS does not accept a code in this request.',
    };
  },

  ({ session: { transitiveTagKeys, tags } }, inputs) => {
    const [unknown] = keysWithoutTag(transitiveTagKeys, tags).unknown;
    if (unknown === undefined || inputs.isInvalid('custom-tags')) return undefined;
    return {
      input: 'transitive-tag-keys',
      found: unknown,
      expected: `keys of session tags: ${tags.map(({ key }) => key).join(', ')}`,
      remedy: 'Correct the key, or add the tag to custom-tags.',
    };
  },
];

/** A config in which required parts are undefined if their inputs have problems. */
export type Draft = {
  readonly [Part in keyof Config]: Part extends 'region' | 'partition' | 'identity'
    ? Config[Part] | undefined
    : Config[Part];
};

/** Finds a problem of inputs that are valid by themselves and not valid together. */
export type Rule = (draft: Draft, inputs: InputReader) => Problem | false | undefined;

/** Whether requests are signed with access keys, as opposed to a token or an assertion. */
const isSigned = ({ identity }: Draft) => identity?.kind === 'static' || identity?.kind === 'ambient';
