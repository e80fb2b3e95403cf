import {
  type AssumedRoleUser,
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  type FederatedUser,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { accountOfArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { MfaDevice } from '../aws/mfa.ts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { CredentialsIdentity, Identity, SamlIdentity, WebIdentity } from '../identity/identity.ts';
import type { RoleSessionRequest, SessionRequest } from '../plan/plan.ts';

/** The answers of all operations in one type. */
export interface StsAnswer {
  readonly Credentials?: Partial<Credentials> | undefined;
  readonly AssumedRoleUser?: AssumedRoleUser | undefined;
  readonly FederatedUser?: FederatedUser | undefined;
  readonly PackedPolicySize?: number | undefined;
  readonly Arn?: string | undefined;
  readonly Account?: string | undefined;
  readonly UserId?: string | undefined;
  /** With the header `Date`, in milliseconds since 1970. */
  readonly $metadata: { readonly requestId?: string | undefined; readonly date?: number | undefined };
}

type StsCommand =
  | AssumeRoleCommand
  | AssumeRoleWithSAMLCommand
  | AssumeRoleWithWebIdentityCommand
  | GetCallerIdentityCommand
  | GetFederationTokenCommand
  | GetSessionTokenCommand;

interface Operation<R extends SessionRequest, I extends Identity> {
  /** What proves the caller: a token or an assertion in the request, or credentials that sign it. */
  readonly provedBy: I['kind'];
  /** @param now milliseconds since 1970, by the clock of STS */
  command(request: R, identity: I, now: number): StsCommand | Promise<StsCommand>;
  /** ARN, user ID, and account ID of the session's owner, as far as the answer has them. */
  owner(answer: StsAnswer): readonly (string | undefined)[];
}

/** The operations with a proof in the request; credentials sign all others. */
interface Unsigned {
  readonly AssumeRoleWithWebIdentity: WebIdentity;
  readonly AssumeRoleWithSAML: SamlIdentity;
}

const assumedRole = ({ AssumedRoleUser: user }: StsAnswer) => [user?.Arn, user?.AssumedRoleId];

/** The operations (STS API Reference, "Actions"). Their requests have a duration in seconds: see `withDuration`. */
const OPERATIONS: {
  readonly [O in SessionRequest['operation']]: Operation<
    Extract<SessionRequest, { operation: O }>,
    O extends keyof Unsigned ? Unsigned[O] : CredentialsIdentity
  >;
} = {
  AssumeRoleWithWebIdentity: {
    provedBy: 'web-identity',
    command: async (request, identity) =>
      new AssumeRoleWithWebIdentityCommand({
        ...roleParameters(request),
        RoleSessionName: request.sessionName,
        // Requested for each attempt, since the token of the last attempt may have expired.
        WebIdentityToken: (await identity.token()).jwt,
      }),
    owner: assumedRole,
  },
  AssumeRoleWithSAML: {
    provedBy: 'saml',
    command: (request, { assertion, providerArn }) =>
      new AssumeRoleWithSAMLCommand({
        ...roleParameters(request),
        SAMLAssertion: assertion,
        PrincipalArn: providerArn,
      }),
    owner: assumedRole,
  },
  AssumeRole: {
    provedBy: 'credentials',
    command: async (request, _identity, now) => {
      const { externalId, sourceIdentity, tags } = request;
      const sent = new Set(tags.map(({ key }) => key.toLowerCase()));
      const transitive = request.transitiveTagKeys.filter((key) => sent.has(key.toLowerCase()));
      return new AssumeRoleCommand({
        ...roleParameters(request),
        ...tagParameters(tags),
        ...(await mfaParameters(request.mfa, now)),
        RoleSessionName: request.sessionName,
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
        ...(transitive.length > 0 && { TransitiveTagKeys: transitive }),
      });
    },
    owner: assumedRole,
  },
  GetSessionToken: {
    provedBy: 'credentials',
    command: async ({ duration, mfa }, _identity, now) =>
      new GetSessionTokenCommand({ DurationSeconds: seconds(duration), ...(await mfaParameters(mfa, now)) }),
    owner: () => [],
  },
  GetFederationToken: {
    provedBy: 'credentials',
    command: (request) =>
      new GetFederationTokenCommand({
        Name: request.name,
        DurationSeconds: seconds(request.duration),
        ...policyParameters(request),
        ...tagParameters(request.tags),
      }),
    owner: ({ FederatedUser: user }) => [user?.Arn, user?.FederatedUserId],
  },
  GetCallerIdentity: {
    provedBy: 'credentials',
    command: () => new GetCallerIdentityCommand({}),
    owner: ({ Arn, UserId, Account }) => [Arn, UserId, Account],
  },
};

/**
 * The command for one attempt.
 *
 * @param now milliseconds since 1970, by the clock of STS
 * @throws what the identity throws
 */
export async function commandFor(
  request: SessionRequest,
  identity: Identity,
  now: number,
): Promise<StsCommand> {
  const operation: Operation<SessionRequest, Identity> = OPERATIONS[request.operation];
  if (identity.kind !== operation.provedBy)
    throw new TypeError(`${request.operation} cannot be sent with an identity of kind ${identity.kind}`);
  return operation.command(request, identity, now);
}

/** The owner of the session in an answer; texts are empty where the answer does not name it. */
export function ownerIn(answer: StsAnswer, { operation }: SessionRequest) {
  const [arn = '', userId = '', accountId = accountOfArn(arn)] = OPERATIONS[operation].owner(answer);
  return { arn, accountId, userId };
}

function roleParameters(request: RoleSessionRequest) {
  const { role, duration } = request;
  return { RoleArn: role.arn, DurationSeconds: seconds(duration), ...policyParameters(request) };
}

function seconds(duration: SessionDuration): number {
  if (duration.kind !== 'seconds') throw new TypeError('a request with a duration that is not settled');
  return duration.seconds;
}

function policyParameters({ inlinePolicy, policyArns }: SessionPolicies) {
  return {
    ...(inlinePolicy !== undefined && { Policy: inlinePolicy }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
  };
}

function tagParameters(tags: readonly SessionTag[]) {
  return tags.length > 0 && { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
}

/**
 * The parameters for MFA. A code made from a secret is valid for 30 s, so each attempt needs a new one.
 *
 * @param now milliseconds since 1970
 */
async function mfaParameters(
  device: MfaDevice | undefined,
  now: number,
): Promise<{ SerialNumber?: string; TokenCode?: string }> {
  if (device === undefined) return {};
  const { serial, code } = device;
  return { SerialNumber: serial, TokenCode: code.kind === 'code' ? code.code : await totp(code.secret, now) };
}

/** A code of IAM's virtual devices: RFC 6238 with SHA-1, 6 digits, 30 s. */
async function totp(secret: string, now: number): Promise<string> {
  const { Secret, TOTP } = await import('otpauth');
  return new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: now,
  });
}
