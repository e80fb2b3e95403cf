import { MAX_CHAINED_SECONDS } from '../aws/limits.ts';
import type { Config } from '../config/config.ts';
import type { Plan } from './plan.ts';

/**
 * Sentences for the log about flat inputs that the plan does not follow: warnings, and notices about inputs that it
 * follows for other events.
 */
export function remarksOnPlan(
  { session }: Config,
  { nodes }: Plan,
): { readonly warnings: readonly string[]; readonly notices: readonly string[] } {
  const { duration, externalId, sourceIdentity, inlinePolicy, policyArns, absentTagKeys } = session;
  const operations = new Set<string>(nodes.map(({ request }) => request.operation));
  const warnings: string[] = [];
  const notices: string[] = [];
  if (nodes.length > 1 && duration?.kind === 'seconds' && duration.seconds > MAX_CHAINED_SECONDS) {
    warnings.push(
      `role-duration-seconds is ${duration.seconds}, but a chained session lasts at most ${MAX_CHAINED_SECONDS} s. The action requests ${MAX_CHAINED_SECONDS} s.`,
    );
  }
  const hasCustomTags = session.tags.some(({ optional }) => !optional);
  const forAssumeRole = [
    ...(externalId === undefined ? [] : ['role-external-id']),
    ...(sourceIdentity === undefined ? [] : ['source-identity']),
    ...(hasCustomTags && !operations.has('GetFederationToken') ? ['custom-tags'] : []),
  ];
  if (!operations.has('AssumeRole') && forAssumeRole.length > 0) {
    warnings.push(
      `${forAssumeRole.join(', ')}: no effect. Only AssumeRole accepts these inputs, and the step calls ${[...operations].join(', ')}.`,
    );
  }
  if (operations.has('GetCallerIdentity') && (inlinePolicy !== undefined || policyArns.length > 0)) {
    warnings.push(
      'Session policies have no effect: without a role, the step delivers the credentials unchanged.',
    );
  }
  if (operations.has('AssumeRole') && absentTagKeys.length > 0) {
    notices.push(
      `transitive-tag-keys: ${absentTagKeys.join(', ')} left out, as this event has no value for these tags.`,
    );
  }
  return { warnings, notices };
}
