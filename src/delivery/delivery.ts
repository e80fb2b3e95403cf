import { requestSuffix } from '../aws/request-id.ts';
import type { Session } from '../aws/session.ts';
import type { Environment } from '../platform/environment.ts';
import type { Refreshing } from '../refresh/start-refreshing.ts';
import type { Authenticated, DeliveredSession } from '../session/delivered-sessions.ts';
import { profilesOf } from './delivered-profiles.ts';
import {
  contradictions,
  exportedSession,
  type StepEnvironment,
  variablesToExport,
} from './environment-after-step.ts';
import { outputsOf } from './outputs.ts';

/** Everything that a step delivers, before any of it is written. */
export type Delivery = ReturnType<typeof deliveryOf>;

/** @param step whose sessions have a profile where {@link needsProfile} requires one; the log and the outputs omit it */
export function deliveryOf(
  authenticated: Authenticated,
  step: StepEnvironment & { readonly refreshing: Refreshing | undefined },
) {
  const { sessions, config } = authenticated;
  const { refreshing, env } = step;
  const variables = variablesToExport(step);
  const refreshed = `Later steps get sessions that are refreshed as long as the job runs (refresh: ${config.delivery.refresh}).`;
  return {
    variables,
    profiles: refreshing?.profiles ?? profilesOf(step.sessions),
    outputs: outputsOf(authenticated, refreshing?.brokerUrl),
    warnings: contradictions(step, variables),
    log: [...sessions.map(describeSession), ...(refreshing === undefined ? [] : [refreshed])],
    laterCommands: describeLaterCommands(sessions, exportedSession(step), { ...env, ...variables }),
  };
}

function describeSession({ profile, session }: DeliveredSession): string {
  const { requestId, credentials } = session;
  const name = profile === undefined ? '' : `${profile.name}: `;
  const until = credentials.expiration === undefined ? '' : ` until ${credentials.expiration.toISOString()}`;
  return `${name}Authenticated as ${nameOf(session)}${until}${requestSuffix(requestId)}.`;
}

/** The ARN of a session; a store may not tell it. */
const nameOf = ({ arn }: Session) => arn || 'an identity without an ARN';

/**
 * The commands of later steps after a step that delivers profiles, each with the identity and the region that it gets.
 *
 * @param current the session that this step exports, if any
 * @param env the environment of later steps
 * @returns no lines without profiles
 */
function describeLaterCommands(
  sessions: readonly DeliveredSession[],
  current: DeliveredSession | undefined,
  env: Environment,
): readonly string[] {
  const exported = env.AWS_REGION || env.AWS_DEFAULT_REGION;
  const commands = sessions.flatMap(({ profile, region, session }) => {
    if (profile === undefined) return [];
    const override = exported && exported !== region ? ` --region ${region}` : '';
    return `aws --profile ${profile.name}${override}: ${nameOf(session)} in ${region}`;
  });
  if (commands.length === 0) return [];
  const identity =
    current === undefined
      ? `${identityIn(env)}, as before this step`
      : `${nameOf(current.session)} in ${exported || current.region}`;
  return [`aws sts get-caller-identity: ${identity}`, ...commands];
}

function identityIn(env: Environment): string {
  if (env.AWS_ACCESS_KEY_ID) return 'the keys in the environment';
  if (env.AWS_PROFILE) return `profile ${env.AWS_PROFILE}`;
  if (env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return 'the credentials endpoint in the environment';
  return 'no credentials in the environment';
}
