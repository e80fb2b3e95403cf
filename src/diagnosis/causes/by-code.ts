import { textClaim } from '../../identity/claims.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import { GITHUB_PROVIDER } from '../../trust/statement.ts';
import { type Cause, issuerCause } from './cause.ts';
import type { Denial } from './denial.ts';

const account = ({ request }: Denial) => request.role.accountId;

/** Codes whose cause is told by STS itself. */
export const BY_CODE: Readonly<Partial<Record<ErrorCode, (denial: Denial) => readonly Cause[]>>> = {
  STS_PROVIDER_NOT_FOUND: (denial) => {
    const issuer = textClaim(denial.claims, 'iss');
    const other: Cause = {
      id: issuerCause(denial.server),
      why: `the token comes from ${denial.server} (${issuer}), and account ${account(denial)} has no provider of that URL`,
      check: `Create the provider with the URL ${issuer}; one for https://${GITHUB_PROVIDER} is another.`,
    };
    const missing: Cause = {
      id: 'provider-missing',
      why: `account ${account(denial)} has no identity provider with the URL ${issuer}`,
      check: `List them with \`aws iam list-open-id-connect-providers\` in account ${account(denial)}; create it there.`,
    };
    return [
      ...(denial.server === undefined ? [missing] : [other, missing]),
      {
        id: 'role-not-there',
        why: `the account in the ARN, ${account(denial)}, is not the one that was meant`,
        check: 'Compare the account in role-to-assume with the one that the provider is in.',
      },
    ];
  },
  STS_AUDIENCE_REFUSED: ({ claims }) => [
    {
      id: 'audience-of-provider',
      why: `the identity provider does not list the audience ${textClaim(claims, 'aud')} as a client ID`,
      check:
        'Add it with `aws iam add-client-id-to-open-id-connect-provider`, or set audience to one that it lists.',
    },
  ],
  STS_TOKEN_INVALID: () => [
    {
      id: 'token-signature',
      why: "no key in the issuer's JWKS document fits the token's signature",
      check:
        'On a server other than github.com, check that AWS can fetch the JWKS document, and that it is the one of this server.',
    },
  ],
  STS_PROVIDER_UNREACHABLE: ({ claims }) => [
    {
      id: 'issuer-unreachable',
      why: 'STS could not fetch the keys of the issuer over the internet',
      check: `Open ${textClaim(claims, 'iss')}/.well-known/openid-configuration from outside your network.`,
    },
  ],
  STS_TOKEN_EXPIRED: () => [
    {
      id: 'clock',
      why: "the runner's clock is behind, so that a token was taken for fresh that had ended",
      check: 'Compare `date -u` on the runner with the true time; start its time service.',
    },
  ],
  STS_SIGNATURE_MISMATCH: ({ hint }) => [
    hint === 'clock'
      ? {
          id: 'clock',
          why: "the runner's clock is more than five minutes off",
          check: 'Compare `date -u` on the runner with the true time; start its time service.',
        }
      : {
          id: 'wrong-secret',
          why: 'the secret access key is not the one of the access key ID, or a proxy changed the request',
          check: 'Enter the secret again, without quotes and line ends.',
        },
  ],
  STS_CREDENTIALS_EXPIRED: () => [
    {
      id: 'credentials-expired',
      why: 'the credentials that asked have ended',
      check: 'Obtain them in the same job, shortly before; refresh keeps sessions alive.',
    },
  ],
  STS_KEY_UNKNOWN: () => [
    {
      id: 'key-unknown',
      why: 'the access key was deleted, is inactive, or belongs to another partition',
      check: 'Look at the key with `aws iam list-access-keys`; temporary keys need aws-session-token.',
    },
  ],
  STS_REGION_DISABLED: (denial) => [
    {
      id: 'region-disabled',
      why: `account ${account(denial)} has not enabled STS in this region`,
      check: 'Enable the region in the account settings, or choose another aws-region.',
    },
  ],
  STS_DURATION_TOO_LONG: ({ hint }) => [
    hint === 'chain-duration'
      ? {
          id: 'chain-duration',
          why: "a session that another role's session asks for ends after an hour, whatever the role allows",
          check: 'Ask for 3600 seconds or less, and let refresh renew it.',
        }
      : {
          id: 'role-duration',
          why: "role-duration-seconds is more than the role's maximum session duration",
          check:
            'Raise it with `aws iam update-role --max-session-duration`, or set role-duration-seconds: max.',
        },
  ],
  STS_POLICY_TOO_LARGE: () => [
    {
      id: 'packed-size',
      why: 'session policies and tags together take more than STS allows; the answer names the percentage',
      check:
        'Shorten inline-session-policy, move it into a managed policy, or set role-skip-session-tagging: true.',
    },
  ],
  STS_MFA_REFUSED: () => [
    {
      id: 'mfa-code',
      why: 'the code was wrong, or had been used before',
      check: "Check mfa-serial, the secret, and the runner's clock; a code is good once in 30 seconds.",
    },
  ],
};
