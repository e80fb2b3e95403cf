import type { SessionDuration } from '../aws/durations.ts';
import { MAX_CHAINED_SECONDS } from '../aws/limits.ts';
import type { Config } from '../config/config.ts';
import { type Plan, type SessionRequest, targetOf } from './plan.ts';

/** A description of the plan: one line for each session, in the order in which they are obtained. */
export function describePlan({ nodes, delivered }: Plan): string[] {
  return nodes.map(({ id, source, request }) => {
    const from =
      source.kind === 'identity'
        ? (IDENTITIES[request.operation] ?? 'the available credentials')
        : `the credentials of ${source.id}`;
    const places = delivered.filter(({ node }) => node === id);
    const facts = [
      ...('duration' in request ? [`for ${describeDuration(request.duration)}`] : []),
      ...('sessionName' in request ? [`as ${request.sessionName}`] : []),
      ...places.map(({ profile, isDefault }) =>
        profile === undefined
          ? 'delivered to later steps'
          : `delivered as profile ${profile.name}${isDefault ? ', the default' : ''}`,
      ),
    ];
    return `${id}: ${request.operation} ${targetOf(request)} with ${from}, ${facts.join(', ')}`;
  });
}

const IDENTITIES: Partial<Record<SessionRequest['operation'], string>> = {
  AssumeRoleWithWebIdentity: 'the OIDC token',
  AssumeRoleWithSAML: 'the SAML assertion',
};

function describeDuration(duration: SessionDuration): string {
  switch (duration.kind) {
    case 'seconds':
      return `${duration.seconds} s`;
    case 'longest':
      return 'as long as STS allows';
    case 'cut':
      return `${duration.seconds} s, limited by a session policy`;
  }
}

/** Remarks on flat inputs that have no effect on the plan: warnings, and notices where other events differ. */
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
