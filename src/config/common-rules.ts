import { MAX_ROLE_SECONDS } from '../aws/limits.ts';
import { partitionOfRegion } from '../aws/partitions.ts';
import { hasAccounts, problemOfAccounts } from './accounts-config.ts';
import { ROLE_DURATION } from './aws-parsers.ts';
import type { Rule } from './flat-rules.ts';
import type { Problem } from './input-reader.ts';
import { INPUTS } from './inputs.ts';
import { hasProfiles } from './profiles-source.ts';

/** Access key IDs of temporary credentials (IAM User Guide, "IAM identifiers"). */
const TEMPORARY_KEY = /^ASIA/;

const DEFAULT_TIMEOUT_SECONDS = INPUTS['action-timeout-s'].default;

/** Sessions cannot be refreshed if that takes a person or a proof that is valid once. */
const refreshProblem = (refresh: string, found: string, rest: Pick<Problem, 'expected' | 'remedy'>) => ({
  input: 'refresh',
  found: `${refresh} with ${found}`,
  ...rest,
});

const count = ({ length }: readonly unknown[], noun: string) => `${length} ${noun}${length === 1 ? '' : 's'}`;

/** Rules for all inputs, with and without profiles. */
export const COMMON_RULES: readonly Rule[] = [
  (_draft, inputs) => problemOfAccounts(inputs),

  ({ identity }, inputs) =>
    identity?.kind === 'static' &&
    TEMPORARY_KEY.test(identity.credentials.accessKeyId) &&
    !inputs.given('aws-session-token') && {
      input: 'aws-session-token',
      found: 'nothing, with an aws-access-key-id that begins with ASIA',
      expected: 'the session token of the temporary access key',
      remedy: 'Add aws-session-token.',
    },

  ({ roles, session: { duration } }, inputs) =>
    (roles.length > 0 || hasProfiles(inputs) || hasAccounts(inputs)) &&
    duration?.kind === 'seconds' &&
    duration.seconds > MAX_ROLE_SECONDS && {
      input: 'role-duration-seconds',
      found: String(duration.seconds),
      expected: ROLE_DURATION,
      remedy: 'Reduce the duration: STS does not issue longer role sessions.',
    },

  // Each trust policy belongs to a role, and the first one is checked against an OIDC token.
  ({ trustPolicies, identity, roles }, inputs) => {
    if (trustPolicies.length === 0 || identity === undefined || inputs.isInvalid('role-chain'))
      return undefined;
    const withToken = identity.kind === 'github-oidc' || identity.kind === 'web-identity-file';
    if (withToken && trustPolicies.length <= roles.length) return undefined;
    return {
      input: 'trust-policy',
      found: withToken
        ? `${count(trustPolicies, 'file')} for ${count(roles, 'role')}`
        : `the identity ${identity.kind}`,
      expected:
        'one file for each of role-to-assume and role-chain, one per line, and an OIDC token to check the first one',
      remedy: 'Remove the surplus files. With profiles, check each role in its own step.',
    };
  },

  ({ delivery: { refresh, brokerAddress } }, inputs) =>
    refresh !== 'broker' &&
    inputs.given('broker-address') &&
    !inputs.isInvalid('refresh') && {
      input: 'broker-address',
      found: `${brokerAddress} with refresh: ${refresh}`,
      expected: 'refresh: broker, which listens at that address',
      remedy: 'Set refresh: broker, or remove broker-address.',
    },

  ({ identity, delivery: { refresh } }) =>
    refresh !== 'off' &&
    identity?.kind === 'saml' &&
    refreshProblem(refresh, 'a SAML assertion', {
      expected: 'an identity with a new proof for each refresh; an assertion is valid for minutes',
      remedy: "Start from the job's OIDC token, or remove refresh.",
    }),

  ({ session: { mfaCode }, delivery: { refresh } }) =>
    refresh !== 'off' &&
    mfaCode?.kind === 'code' &&
    refreshProblem(refresh, 'mfa-code', {
      expected: 'mfa-totp-secret; a code is valid once',
      remedy: 'Pass the secret key of the device instead of a code.',
    }),

  ({ session: { operation }, delivery: { refresh } }, inputs) =>
    refresh !== 'off' &&
    operation === 'get-caller-identity' &&
    !inputs.given('role-to-assume') &&
    !hasProfiles(inputs) &&
    !hasAccounts(inputs) &&
    refreshProblem(refresh, 'no role', {
      expected: 'a role to assume; access keys that are delivered unchanged cannot be refreshed',
      remedy: 'Add role-to-assume, or remove refresh.',
    }),

  ({ session: { tagsOidcSession, tags } }) =>
    tagsOidcSession &&
    tags.length === 0 && {
      input: 'tag-oidc-session',
      found: 'true with role-skip-session-tagging: true',
      expected: 'one of them',
      remedy: 'Remove role-skip-session-tagging to send session tags.',
    },

  ({ session: { tagsOidcSession }, identity }, inputs) =>
    tagsOidcSession &&
    identity !== undefined &&
    !['github-oidc', 'web-identity-file'].includes(identity.kind) &&
    !hasProfiles(inputs) && {
      input: 'tag-oidc-session',
      found: `true with the identity ${identity.kind}`,
      expected: "the job's OIDC token or a token file; a request of any other identity has the tags itself",
      remedy: 'Remove tag-oidc-session. For a missing OIDC token, check permissions: id-token: write.',
    },

  // The timeout must leave time to wait for a role.
  ({ refusals: { waitSeconds }, timeoutSeconds }, inputs) =>
    timeoutSeconds > 0 &&
    waitSeconds >= timeoutSeconds &&
    !inputs.isInvalid('action-timeout-s') && {
      input: 'wait-for-role',
      found: `${waitSeconds} s with a timeout of ${timeoutSeconds} s (action-timeout-s)`,
      expected: 'fewer seconds than action-timeout-s',
      remedy: `Set action-timeout-s to ${waitSeconds + DEFAULT_TIMEOUT_SECONDS}, or reduce wait-for-role.`,
    },

  ({ refusals: { waitSeconds } }, inputs) =>
    waitSeconds > 0 &&
    inputs.get('disable-retry') && {
      input: 'wait-for-role',
      found: `${waitSeconds} s with disable-retry: true`,
      expected: 'one of them',
      remedy: 'Remove disable-retry to wait for the role.',
    },

  ({ sts: { fallbackRegions }, partition }) => {
    if (partition === undefined) return undefined;
    const foreign = fallbackRegions?.find((region) => partitionOfRegion(region).id !== partition.id);
    if (foreign === undefined) return undefined;
    return {
      input: 'sts-fallback-regions',
      found: `${foreign}, a region of partition ${partitionOfRegion(foreign).id}`,
      expected: `regions of partition ${partition.id}, the partition of aws-region`,
      remedy: 'Use fallback regions of the same partition. Credentials are valid in one partition only.',
    };
  },
];
