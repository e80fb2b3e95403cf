import { requestSuffix } from '../aws/request-id.ts';
import type { Environment } from '../platform/environment.ts';
import type { DeliveredSession } from '../session/delivered-sessions.ts';

/** One line about a session that a step delivers. */
export function describeSession({ profile, session }: DeliveredSession): string {
  const { arn, requestId, credentials } = session;
  const name = profile === undefined ? '' : `${profile.name}: `;
  const until = credentials.expiration === undefined ? '' : ` until ${credentials.expiration.toISOString()}`;
  return `${name}Authenticated as ${arn}${until}${requestSuffix(requestId)}.`;
}

/**
 * The commands of later steps after a step that delivers profiles, each with the identity and the region that it gets.
 *
 * @param current the session that this step exports, if any
 * @param env the environment of later steps
 * @returns no lines without profiles
 */
export function describeLaterCommands(
  sessions: readonly DeliveredSession[],
  current: DeliveredSession | undefined,
  env: Environment,
): readonly string[] {
  const exported = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const commands = sessions.flatMap(({ profile, region, session }) => {
    if (profile === undefined) return [];
    const override = exported && exported !== region ? ` --region ${region}` : '';
    return `aws --profile ${profile.name}${override}: ${session.arn} in ${region}`;
  });
  if (commands.length === 0) return [];
  const identity =
    current === undefined
      ? `${identityIn(env)}, as before this step`
      : `${current.session.arn} in ${exported || current.region}`;
  return [`aws sts get-caller-identity: ${identity}`, ...commands];
}

function identityIn(env: Environment): string {
  if (env.AWS_ACCESS_KEY_ID) return 'the keys in the environment';
  if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}`;
  if (env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return 'the credentials endpoint in the environment';
  return 'no credentials in the environment';
}
