import { MAX_CHAINED_SECONDS } from '../aws/limits.ts';
import type { Config, SessionConfig } from '../config/config.ts';
import type { Plan } from './plan.ts';

/** Sentences for the log about inputs that a plan does not follow. */
export interface PlanRemarks {
  readonly warnings: readonly string[];
  /** About inputs that other events follow. */
  readonly notices: readonly string[];
}

/** The remarks on the plan of flat inputs. */
export function remarksOnPlan({ session }: Pick<Config, 'session'>, { nodes }: Plan): PlanRemarks {
  const operations = new Set<string>(nodes.map(({ request }) => request.operation));
  const isTagged = operations.has('AssumeRole');
  const warnings: string[] = [];
  const { duration, absentTagKeys } = session;
  if (nodes.length > 1 && duration?.kind === 'seconds' && duration.seconds > MAX_CHAINED_SECONDS) {
    warnings.push(
      `role-duration-seconds is ${duration.seconds}, but a chained session lasts at most ${MAX_CHAINED_SECONDS} s. The action requests ${MAX_CHAINED_SECONDS} s.`,
    );
  }
  const unused = isTagged ? [] : inputsOfAssumeRole(session, operations.has('GetFederationToken'));
  if (unused.length > 0) {
    warnings.push(
      `${unused.join(', ')}: no effect. Only AssumeRole accepts these inputs, and the step calls ${[...operations].join(', ')}.`,
    );
  }
  const hasPolicies = session.inlinePolicy !== undefined || session.policyArns.length > 0;
  if (operations.has('GetCallerIdentity') && hasPolicies) {
    warnings.push(
      'Session policies have no effect: without a role, the step delivers the credentials unchanged.',
    );
  }
  const notices =
    isTagged && absentTagKeys.length > 0
      ? [
          `transitive-tag-keys: ${absentTagKeys.join(', ')} left out, as this event has no value for these tags.`,
        ]
      : [];
  return { warnings, notices };
}

/** The names of the given inputs that only AssumeRole accepts. */
function inputsOfAssumeRole(
  { externalId, sourceIdentity, tags }: SessionConfig,
  acceptsTags: boolean,
): readonly string[] {
  return [
    ...(externalId === undefined ? [] : ['role-external-id']),
    ...(sourceIdentity === undefined ? [] : ['source-identity']),
    ...(!acceptsTags && tags.some(({ optional }) => !optional) ? ['custom-tags'] : []),
  ];
}
