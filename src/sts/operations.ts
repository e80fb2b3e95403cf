import {
  type AssumedRoleUser,
  AssumeRole$,
  type AssumeRoleRequest,
  AssumeRoleWithSAML$,
  type AssumeRoleWithSAMLRequest,
  AssumeRoleWithWebIdentity$,
  type AssumeRoleWithWebIdentityRequest,
  type Credentials,
  type FederatedUser,
  GetCallerIdentity$,
  type GetCallerIdentityRequest,
  GetFederationToken$,
  type GetFederationTokenRequest,
  GetSessionToken$,
  type GetSessionTokenRequest,
} from '@aws-sdk/client-sts';
import { accountOfArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { MfaDevice, SessionPolicies } from '../aws/session.ts';
import type { SessionTag } from '../aws/tags.ts';
import type { CredentialsIdentity, Identity, SamlIdentity, WebIdentity } from '../identity/identity.ts';
import type { RoleSessionRequest, SessionRequest } from '../plan/plan.ts';

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

/** An operation by the SDK's schema of it, with its parameters. */
export interface StsCommand {
  readonly schema: typeof AssumeRole$;
  readonly input: object;
}

/** The parameters of each operation. */
interface Inputs {
  readonly AssumeRole: AssumeRoleRequest;
  readonly AssumeRoleWithSAML: AssumeRoleWithSAMLRequest;
  readonly AssumeRoleWithWebIdentity: AssumeRoleWithWebIdentityRequest;
  readonly GetCallerIdentity: GetCallerIdentityRequest;
  readonly GetFederationToken: GetFederationTokenRequest;
  readonly GetSessionToken: GetSessionTokenRequest;
}

interface Operation<R extends SessionRequest, I extends Identity, Input extends object> {
  readonly schema: StsCommand['schema'];
  /** What proves the caller: a token or an assertion in the request, or credentials that sign it. */
  readonly provedBy: I['kind'];
  /** @param now milliseconds since 1970, by the clock of STS */
  input(request: R, identity: I, now: number): Input | Promise<Input>;
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
    O extends keyof Unsigned ? Unsigned[O] : CredentialsIdentity,
    Inputs[O]
  >;
} = {
  AssumeRoleWithWebIdentity: {
    schema: AssumeRoleWithWebIdentity$,
    provedBy: 'web-identity',
    input: async (request, identity) => ({
      ...roleParameters(request),
      RoleSessionName: request.sessionName,
      // Requested for each attempt, since the token of the last attempt may have expired.
      WebIdentityToken: (await identity.token()).jwt,
    }),
    owner: assumedRole,
  },
  AssumeRoleWithSAML: {
    schema: AssumeRoleWithSAML$,
    provedBy: 'saml',
    input: (request, { assertion, providerArn }) => ({
      ...roleParameters(request),
      SAMLAssertion: assertion,
      PrincipalArn: providerArn,
    }),
    owner: assumedRole,
  },
  AssumeRole: {
    schema: AssumeRole$,
    provedBy: 'credentials',
    input: async (request, _identity, now) => {
      const { externalId, sourceIdentity, tags } = request;
      const sent = new Set(tags.map(({ key }) => key.toLowerCase()));
      const transitive = request.transitiveTagKeys.filter((key) => sent.has(key.toLowerCase()));
      return {
        ...roleParameters(request),
        ...tagParameters(tags),
        ...(await mfaParameters(request.mfa, now)),
        RoleSessionName: request.sessionName,
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
        ...(transitive.length > 0 && { TransitiveTagKeys: transitive }),
      };
    },
    owner: assumedRole,
  },
  GetSessionToken: {
    schema: GetSessionToken$,
    provedBy: 'credentials',
    input: async ({ duration, mfa }, _identity, now) => ({
      DurationSeconds: seconds(duration),
      ...(await mfaParameters(mfa, now)),
    }),
    owner: () => [],
  },
  GetFederationToken: {
    schema: GetFederationToken$,
    provedBy: 'credentials',
    input: (request) => ({
      Name: request.name,
      DurationSeconds: seconds(request.duration),
      ...policyParameters(request),
      ...tagParameters(request.tags),
    }),
    owner: ({ FederatedUser: user }) => [user?.Arn, user?.FederatedUserId],
  },
  GetCallerIdentity: {
    schema: GetCallerIdentity$,
    provedBy: 'credentials',
    input: () => ({}),
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
  const operation: Operation<SessionRequest, Identity, object> = OPERATIONS[request.operation];
  if (identity.kind !== operation.provedBy)
    throw new TypeError(`${request.operation} cannot be sent with an identity of kind ${identity.kind}`);
  return { schema: operation.schema, input: await operation.input(request, identity, now) };
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
