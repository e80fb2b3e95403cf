import type { Variables } from '../aws/client-variables.ts';
import type { Refreshing } from '../refresh/start-refreshing.ts';
import type { Authenticated } from '../session/authenticated.ts';
import type { Profile } from '../shared-config/profiles.ts';
import { profilesOf } from './delivered-profiles.ts';
import {
  contradictions,
  exportedSession,
  type StepEnvironment,
  variablesToExport,
} from './environment-after-step.ts';
import { describeLaterCommands, describeSession } from './log-lines.ts';
import { outputsOf } from './outputs.ts';

/** Everything that a step delivers, before any of it is written. */
export interface Delivery {
  readonly variables: Variables;
  readonly profiles: readonly Profile[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  /** Lines for the log. */
  readonly log: readonly string[];
  /** Lines for the log about the commands of later steps; none without profiles. */
  readonly laterCommands: readonly string[];
}

/** @param step whose sessions have a profile where {@link needsProfile} requires one; the log and the outputs omit it */
export function deliveryOf(
  authenticated: Authenticated,
  step: StepEnvironment & { readonly refreshing: Refreshing | undefined },
): Delivery {
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
