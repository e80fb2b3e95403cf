import type { Environment } from '../platform/environment.ts';
import type { NamedSession } from '../session/named-sessions.ts';

/**
 * What later steps meet after a step that delivers profiles, in sentences for the log: who they are by default, in which
 * region, and how to be another.
 *
 * @param env the environment of later steps
 * @param current the session that the environment leads to, if this step exported one
 */
export function describeInForce(
  sessions: readonly NamedSession[],
  current: NamedSession | undefined,
  env: Environment,
): string[] {
  const named = sessions.filter(({ profile }) => profile !== undefined);
  if (named.length === 0) return [];
  const exported = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const region = exported || current?.region;
  const who =
    current === undefined
      ? `${currentIdentity(env)}, as before this step`
      : `${current.session.arn} in ${region}`;
  return [
    `aws sts get-caller-identity: ${who}`,
    ...named.map((session) => {
      const { profile, session: of } = session;
      const override = exported && exported !== session.region ? ` --region ${session.region}` : '';
      return `aws --profile ${profile?.name}${override}: ${of.arn} in ${session.region}`;
    }),
  ];
}

function currentIdentity(env: Environment): string {
  if (env.AWS_ACCESS_KEY_ID) return 'the keys in the environment';
  if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}`;
  if (env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return 'the credentials endpoint in the environment';
  return 'no credentials in the environment';
}
