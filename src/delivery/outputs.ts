import type { Session } from '../aws/session.ts';
import type { Authenticated } from '../session/authenticated.ts';

/** The outputs of the step by name. Credentials are included only with `output-credentials`. */
export function outputsOf(
  { config, sessions, failedNames }: Authenticated,
  brokerUrl: string | undefined,
): Readonly<Record<string, string>> {
  const current = sessions.find(({ isDefault }) => isDefault);
  const profiles = sessions.flatMap(({ profile, region, session }) =>
    profile === undefined ? [] : [[profile.name, describe(session, region)] as const],
  );
  return {
    ...(current !== undefined && sessionOutputs(current.session, config.delivery.outputs)),
    ...(profiles.length > 0 && { profiles: JSON.stringify(Object.fromEntries(profiles)) }),
    ...(brokerUrl !== undefined && { 'broker-url': brokerUrl }),
    ...(config.profiles?.allowPartial && { 'failed-profiles': JSON.stringify(failedNames) }),
  };
}

function describe({ accountId, arn, credentials: { expiration } }: Session, region: string) {
  return {
    account: accountId,
    arn,
    region,
    ...(expiration !== undefined && { expiration: expiration.toISOString() }),
  };
}

function sessionOutputs(session: Session, withCredentials: boolean): Record<string, string> {
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
