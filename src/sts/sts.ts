import type { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { WebIdentity } from '../identity/github-oidc.ts';
import { accountOfArn } from '../plan/arn.ts';
import type { SessionRequest } from '../plan/plan.ts';
import { withRetry } from '../retry.ts';
import type { Log } from '../runner/runner.ts';
import type { Credentials, Session } from '../session/session.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { createClient, openConnection } from './client.ts';
import { explainFailure, type StsCall, StsFailure, unreadable } from './failures.ts';
import type { SendOptions, StsAnswer } from './operation.ts';

/** What a request is made with: the identity's token, or the keys of the session before. */
export type Proof =
  | { readonly kind: 'web-identity'; readonly identity: WebIdentity }
  | { readonly kind: 'credentials'; readonly credentials: Credentials };

export interface StsOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly maxAttempts: number;
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly mask: (secret: string) => void;
}

/** The Security Token Service of one endpoint. */
export interface Sts {
  /**
   * Obtains one session, trying again as `retry.ts` says. Its secrets are masked before this resolves.
   *
   * @throws ActionError with one of the `STS_…` codes, `DEADLINE_EXCEEDED`, or what the identity throws
   */
  obtain(request: SessionRequest, proof: Proof): Promise<Session>;
}

export function createSts(options: StsOptions): Sts {
  const { endpoint, deadline, log } = options;
  const connection = openConnection(options.region, endpoint);

  return {
    async obtain(request, proof) {
      const client = createClient(connection, proof.kind === 'credentials' ? proof.credentials : undefined);
      const call = { request, endpoint };
      return withRetry(
        async () => {
          const send = await prepare(client, request, proof);
          const answer = await send({ abortSignal: deadline.signal }).catch((error: unknown) => {
            if (deadline.signal.aborted) throw deadline.exceeded();
            throw explainFailure(error, call);
          });
          return toSession(answer, call, options.mask);
        },
        {
          ...options,
          classify: (error) => (error instanceof StsFailure ? error.failure : 'final'),
          onRetry: ({ attempt, failure, delayMs, error }) =>
            log.info(
              `${request.operation} ${request.role.arn}: try ${attempt} failed (${failure}: ${codeOf(error)}); next in ${Math.ceil(delayMs)} ms.`,
            ),
        },
      );
    },
  };
}

/** The request, ready to send. A token is asked for at every try, since the last one may have ended meanwhile. */
async function prepare(
  client: STSClient,
  request: SessionRequest,
  proof: Proof,
): Promise<(options: SendOptions) => Promise<StsAnswer>> {
  switch (request.operation) {
    case 'AssumeRoleWithWebIdentity': {
      if (proof.kind !== 'web-identity') throw new TypeError(`${request.operation} needs a web identity`);
      const { jwt } = await proof.identity.token();
      return (options) => assumeRoleWithWebIdentity(client, request, jwt, options);
    }
    case 'AssumeRole':
      return (options) => assumeRole(client, request, options);
  }
}

/** Masks what is secret in an answer, then makes a session of it. */
function toSession(answer: StsAnswer, call: StsCall, mask: (secret: string) => void): Session {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  for (const secret of [SecretAccessKey, SessionToken, AccessKeyId]) {
    if (secret !== undefined) mask(secret);
  }
  const { Arn, AssumedRoleId } = answer.AssumedRoleUser ?? {};
  const requestId = answer.$metadata.requestId ?? '';
  if (
    !AccessKeyId ||
    !SecretAccessKey ||
    !SessionToken ||
    Expiration === undefined ||
    !Arn ||
    !AssumedRoleId
  ) {
    throw unreadable(undefined, call, requestId === '' ? '' : ` (request ${requestId})`);
  }
  return {
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    expiration: Expiration,
    arn: Arn,
    accountId: accountOfArn(Arn),
    assumedRoleId: AssumedRoleId,
    requestId,
    packedPolicyPercent: answer.PackedPolicySize,
  };
}

function codeOf(error: unknown): string {
  if (!(error instanceof StsFailure)) return 'unknown';
  return error.cause instanceof Error && error.cause.name !== 'Error' ? error.cause.name : error.code;
}
