import type { Caller } from './credentials.ts';
import {
  type Authorization,
  isSignatureOf,
  parseAuthorization,
  type SignedRequest,
  signedAt,
} from './sigv4.ts';
import { StsError } from './sts-error.ts';
import type { StsState } from './sts-state.ts';
import type { RecordedRequest } from './traffic.ts';

const MAX_SKEW_MS = 5 * 60 * 1000;

/**
 * The caller who signed the request. Adds the access key ID and the region to the record.
 *
 * @param sessions callers by access key ID
 * @throws StsError if STS would reject the signature or the credentials
 */
export function authenticate(
  state: StsState,
  sessions: ReadonlyMap<string, Caller>,
  request: SignedRequest,
  record: RecordedRequest,
): Caller {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const authorization = parseAuthorization(header);
  if (authorization === undefined) {
    throw new StsError(
      'IncompleteSignature',
      'Authorization header requires Credential, SignedHeaders and Signature.',
    );
  }
  const { accessKeyId, scope } = authorization;
  record.accessKeyId = accessKeyId;
  record.region = scope.split('/')[1] ?? '';
  const caller = sessions.get(accessKeyId) ?? userWith(state, accessKeyId);
  if (caller === undefined || request.headers['x-amz-security-token'] !== caller.sessionToken) {
    throw new StsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
  if (!isSignedBy(caller, request, { ...authorization, service: record.server })) {
    throw new StsError(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  assertRecent(request, state.now());
  if (caller.expiresAt !== undefined && caller.expiresAt <= state.now()) {
    throw new StsError('ExpiredToken', 'The security token included in the request is expired');
  }
  return caller;
}

function isSignedBy(
  caller: Caller,
  request: SignedRequest,
  authorization: Authorization & { readonly service: string },
): boolean {
  const token = caller.sessionToken === undefined ? [] : ['x-amz-security-token'];
  return (
    ['host', 'x-amz-date', ...token].every((name) => authorization.signedHeaders.includes(name)) &&
    authorization.scope.split('/')[2] === authorization.service &&
    isSignatureOf(request, authorization, caller.secretAccessKey)
  );
}

function assertRecent(request: SignedRequest, now: number): void {
  const skew = signedAt(request) - now;
  if (Math.abs(skew) <= MAX_SKEW_MS) return;
  const [problem, order] = skew < 0 ? ['expired', 'earlier'] : ['not yet current', 'later'];
  throw new StsError(
    'SignatureDoesNotMatch',
    `Signature ${problem}: ${request.headers['x-amz-date']} is now ${order} than ${new Date(now).toISOString()}`,
  );
}

function userWith({ world }: StsState, accessKeyId: string): Caller | undefined {
  for (const [accountId, { users = [] }] of Object.entries(world.accounts)) {
    const user = users.find((candidate) => candidate.accessKeyId === accessKeyId);
    if (user === undefined) continue;
    const arn = `arn:${world.partition ?? 'aws'}:iam::${accountId}:user/${user.name}`;
    return {
      kind: 'user',
      accountId,
      arn,
      userId: `AIDA${user.name.toUpperCase()}`,
      principals: [arn],
      secretAccessKey: user.secretAccessKey,
      ...(user.permissions !== undefined && { permissions: user.permissions }),
      mfa: false,
      mfaDevice: user.mfa,
      transitiveTags: new Map(),
    };
  }
  return undefined;
}
