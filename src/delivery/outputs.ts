import type { Session } from '../session/session.ts';

/** The outputs of the step by name. Credentials are among them only when the user asked for them. */
export function outputsOf(session: Session, withCredentials: boolean): Readonly<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
  return {
    'aws-account-id': session.accountId,
    'authenticated-arn': session.arn,
    'assumed-role-id': session.userId,
    'sts-request-id': session.requestId,
    ...(expiration !== undefined && { 'aws-expiration': expiration.toISOString() }),
    ...(withCredentials && {
      'aws-access-key-id': accessKeyId,
      'aws-secret-access-key': secretAccessKey,
      'aws-session-token': sessionToken ?? '',
    }),
  };
}
