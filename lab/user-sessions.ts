import type { Caller } from './credentials.ts';
import { durationOf, type Parameters, packedSize, required, tagsOf } from './limits.ts';
import { provesMfa } from './mfa.ts';
import { HOUR } from './role-session.ts';
import { StsError } from './sts-error.ts';
import {
  callerSecrets,
  credentialsResult,
  issueCredentials,
  partitionOf,
  type Result,
  type StsState,
} from './sts-state.ts';

const MAX_SECONDS = 36 * HOUR;
const DEFAULT_SECONDS = 12 * HOUR;

export function getSessionToken(state: StsState, parameters: Parameters, caller: Caller): Result {
  assertUser(caller, 'GetSessionToken');
  const mfa = provesMfa(state, parameters, caller);
  const credentials = issueCredentials(state, durationOf(parameters, MAX_SECONDS, DEFAULT_SECONDS));
  state.remember(credentials.accessKeyId, {
    ...caller,
    ...callerSecrets(credentials),
    kind: 'session-token',
    mfa,
  });
  return { Credentials: credentialsResult(credentials) };
}

export function getFederationToken(state: StsState, parameters: Parameters, caller: Caller): Result {
  assertUser(caller, 'GetFederationToken');
  const name = required(parameters, 'Name');
  const seconds = durationOf(parameters, MAX_SECONDS, DEFAULT_SECONDS);
  const packed = packedSize(parameters, tagsOf(parameters));
  const credentials = issueCredentials(state, seconds);
  const arn = `arn:${partitionOf(state)}:sts::${caller.accountId}:federated-user/${name}`;
  const userId = `${caller.accountId}:${name}`;
  state.remember(credentials.accessKeyId, {
    ...caller,
    ...callerSecrets(credentials),
    kind: 'federated',
    arn,
    userId,
    principals: [arn],
  });
  return {
    Credentials: credentialsResult(credentials),
    FederatedUser: { Arn: arn, FederatedUserId: userId },
    ...(packed !== undefined && { PackedPolicySize: packed }),
  };
}

/** Only IAM users can call these operations (STS API Reference, GetSessionToken and GetFederationToken). */
function assertUser({ kind }: Caller, action: string): void {
  if (kind !== 'user') throw new StsError('AccessDenied', `Cannot call ${action} with session credentials`);
}
