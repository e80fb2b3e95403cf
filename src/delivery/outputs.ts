import type { Session } from '../session/session.ts';

/** The outputs of the step by name. Credentials are among them only when the user asked for them. */
export function outputsOf(session: Session, withCredentials: boolean): Readonly<Record<string, string>> {
  return {
    'aws-account-id': session.accountId,
    'authenticated-arn': session.arn,
    'aws-expiration': session.expiration.toISOString(),
    'assumed-role-id': session.assumedRoleId,
    'sts-request-id': session.requestId,
    ...(withCredentials && {
      'aws-access-key-id': session.credentials.accessKeyId,
      'aws-secret-access-key': session.credentials.secretAccessKey,
      'aws-session-token': session.credentials.sessionToken,
    }),
  };
}
