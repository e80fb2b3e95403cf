import type { Credentials } from '../aws/credentials.ts';
import type { Session } from '../aws/session.ts';
import type { SessionRequest } from '../plan/plan.ts';
import type { StsOptions } from './context.ts';
import { incomplete } from './failures.ts';
import { ownerIn, type StsAnswer } from './operations.ts';

/**
 * Masks the secrets in an answer, and makes a session from it.
 *
 * @param signedWith the credentials that signed the request: those of the session that GetCallerIdentity names
 * @throws ActionError `STS_ANSWER_UNREADABLE` when a member is missing
 */
export function sessionFrom(
  answer: StsAnswer,
  request: SessionRequest,
  signedWith: Credentials | undefined,
  options: StsOptions,
): Session {
  maskSecrets(answer, options);
  const { requestId = '', date } = answer.$metadata;
  const credentials = request.operation === 'GetCallerIdentity' ? signedWith : issuedIn(answer);
  const missing = missingIn(answer, request);
  if (credentials === undefined || missing.length > 0) throw incomplete(request, requestId, missing);
  const owner = ownerIn(answer, request);
  if (options.maskAccountId && owner.accountId !== '') options.mask(owner.accountId);
  return {
    credentials,
    ...owner,
    requestId,
    answered: date === undefined ? undefined : { sts: date, here: options.clock.now() },
  };
}

function maskSecrets({ Credentials = {} }: StsAnswer, { mask, maskAccessKeyId }: StsOptions): void {
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials;
  for (const secret of [SecretAccessKey, SessionToken, maskAccessKeyId ? AccessKeyId : undefined]) {
    if (secret !== undefined) mask(secret);
  }
}

function issuedIn({ Credentials = {} }: StsAnswer): Credentials | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials;
  if (!AccessKeyId || !SecretAccessKey) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

/** The required members that an answer does not have. */
function missingIn({ Arn, Account, Credentials }: StsAnswer, { operation }: SessionRequest): string[] {
  const absent = (members: object) => Object.entries(members).flatMap(([name, value]) => (value ? [] : name));
  if (operation === 'GetCallerIdentity') return absent({ Arn, Account });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
  const members = { AccessKeyId, SecretAccessKey, SessionToken, Expiration };
  return absent(members).map((name) => `Credentials.${name}`);
}
