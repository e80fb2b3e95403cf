import type { Session } from '../aws/session.ts';
import type { Authenticated } from '../session/delivered-sessions.ts';

/** The outputs of the step by name. Credentials are included only with `output-credentials`. */
export function outputsOf(
  { config, sessions, failedNames }: Authenticated,
  brokerUrl: string | undefined,
): Readonly<Record<string, string>> {
  const current = sessions.find(({ isDefault }) => isDefault);
  const profiles = sessions.flatMap(({ profile, region, session }) =>
    profile === undefined
      ? []
      : [
          [
            profile.name,
            { account: session.accountId, arn: session.arn, region, ...expires(session, 'expiration') },
          ] as const,
        ],
  );
  return {
    ...(current !== undefined && sessionOutputs(current.session, config.delivery.outputs)),
    ...(profiles.length > 0 && { profiles: JSON.stringify(Object.fromEntries(profiles)) }),
    ...(brokerUrl !== undefined && { 'broker-url': brokerUrl }),
    ...(config.profiles?.allowPartial && { 'failed-profiles': JSON.stringify(failedNames) }),
  };
}

function expires({ credentials: { expiration } }: Session, name: string): Record<string, string> {
  return expiration === undefined ? {} : { [name]: expiration.toISOString() };
}

function sessionOutputs(session: Session, withCredentials: boolean): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = session.credentials;
  return {
    'aws-account-id': session.accountId,
    'authenticated-arn': session.arn,
    'assumed-role-id': session.userId,
    'sts-request-id': session.requestId,
    ...expires(session, 'aws-expiration'),
    ...(withCredentials && {
      'aws-access-key-id': accessKeyId,
      'aws-secret-access-key': secretAccessKey,
      'aws-session-token': sessionToken ?? '',
    }),
  };
}
