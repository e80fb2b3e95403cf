import type { SessionDuration } from '../aws/durations.ts';
import { type Plan, type SessionRequest, targetOf } from './plan.ts';

/** A description of the plan: one line for each session, in the order in which they are obtained. */
export function describePlan({ nodes, delivered }: Plan): string[] {
  return nodes.map(({ id, source, request }) => {
    const from = source.kind === 'identity' ? identityOf(request) : `the credentials of ${source.id}`;
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

function identityOf({ operation }: SessionRequest): string {
  switch (operation) {
    case 'AssumeRoleWithWebIdentity':
      return 'the OIDC token';
    case 'AssumeRoleWithSAML':
      return 'the SAML assertion';
    default:
      return 'the available credentials';
  }
}

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
