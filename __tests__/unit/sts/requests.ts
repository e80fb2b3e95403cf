import { completeRole } from '../../../src/aws/arn.ts';
import type { SessionRequest } from '../../../src/plan/plan.ts';

/** A request for one hour, with none of the optional parameters. */
export function requestOf<O extends SessionRequest['operation']>(
  operation: O,
): Extract<SessionRequest, { operation: O }>;
export function requestOf(operation: SessionRequest['operation']): SessionRequest {
  const role = completeRole({ path: '/', name: 'deploy' }, 'aws', '111111111111');
  const duration = { kind: 'seconds', seconds: 3600 } as const;
  const common = { role, duration, inlinePolicy: undefined, policyArns: [], sessionName: 'test' };
  switch (operation) {
    case 'AssumeRole': {
      const none = { externalId: undefined, sourceIdentity: undefined, mfa: undefined };
      return { operation, ...common, ...none, tags: [], transitiveTagKeys: [] };
    }
    case 'GetSessionToken':
      return { operation, duration, mfa: undefined };
    case 'GetFederationToken':
      return { operation, duration, name: 'ci', inlinePolicy: undefined, policyArns: [], tags: [] };
    case 'GetCallerIdentity':
      return { operation };
    default:
      return { operation, ...common };
  }
}
