import type { RoleArn } from '../aws/arn.ts';
import type {} from '../aws/durations.ts';
import { DEFAULT_DURATION, forHop, MAX_HOP_SECONDS, SOURCE_DURATION } from '../aws/durations.ts';
import type { MfaDevice } from '../aws/mfa.ts';
import type { Config, IdentityConfig, SessionConfig } from '../config/config.ts';
import type { Plan, PlanNode, RoleSessionRequest, SessionRequest } from './plan.ts';

const NO_POLICIES = { inlinePolicy: undefined, policyArns: [] };

/**
 * The plan of the flat inputs: a chain from `role-to-assume` through `role-chain`, or one request for the identity
 * itself where there is no role. Session policies and the wished duration belong to the session that is delivered;
 * those on the way last as short as STS allows.
 */
export function planFromInputs(config: Config, roles: readonly RoleArn[]): Plan {
  const { identity, session, delivery, region } = config;
  const requests = roles.length > 0 ? roleRequests(identity, session, roles) : [identityRequest(session)];
  const nodes = requests.map((request, index): PlanNode => {
    const source =
      index === 0
        ? ({ kind: 'identity', identity } as const)
        : ({ kind: 'node', id: nodeId(index - 1) } as const);
    return { id: nodeId(index), source, request };
  });
  const profile = delivery.profile === undefined ? undefined : { name: delivery.profile, settings: [] };
  return { nodes, delivered: [{ node: nodeId(nodes.length - 1), region, isDefault: true, profile }] };
}

const nodeId = (index: number) => `session ${index + 1}`;

function roleRequests(
  identity: IdentityConfig,
  session: SessionConfig,
  roles: readonly RoleArn[],
): readonly SessionRequest[] {
  const inherited = new Set<string>();
  return roles.map((role, index): RoleSessionRequest => {
    const delivered = index === roles.length - 1;
    const wished = session.duration ?? DEFAULT_DURATION;
    const { inlinePolicy, policyArns } = session;
    const common = {
      role,
      duration: delivered ? (index === 0 ? wished : forHop(wished)) : SOURCE_DURATION,
      ...(delivered ? { inlinePolicy, policyArns } : NO_POLICIES),
    };
    if (index === 0) {
      if (identity.kind === 'saml') return { operation: 'AssumeRoleWithSAML', ...common };
      if (identity.kind === 'github-oidc' || identity.kind === 'web-identity-file') {
        return { operation: 'AssumeRoleWithWebIdentity', ...common, sessionName: session.name };
      }
    }
    // A tag that is inherited already may not be given again (IAM User Guide, "Chaining roles with session tags").
    const tags = session.tags.filter(({ key }) => !inherited.has(key.toLowerCase()));
    const transitiveTagKeys = session.transitiveTagKeys.filter((key) => !inherited.has(key.toLowerCase()));
    for (const key of transitiveTagKeys) inherited.add(key.toLowerCase());
    return {
      operation: 'AssumeRole',
      ...common,
      sessionName: session.name,
      externalId: session.externalId,
      sourceIdentity: session.sourceIdentity,
      tags,
      transitiveTagKeys,
      mfa: index === 0 ? mfaOf(session) : undefined,
    };
  });
}

function mfaOf({ mfaSerial: serial, mfaCode: code }: SessionConfig): MfaDevice | undefined {
  return serial === undefined || code === undefined ? undefined : { serial, code };
}

function identityRequest(session: SessionConfig): SessionRequest {
  const duration = session.duration ?? DEFAULT_DURATION;
  const { inlinePolicy, policyArns, tags } = session;
  const mfa = mfaOf(session);
  switch (session.operation) {
    case 'get-session-token':
      return { operation: 'GetSessionToken', duration, mfa };
    case 'get-federation-token':
      return {
        operation: 'GetFederationToken',
        duration,
        name: session.federationName,
        inlinePolicy,
        policyArns,
        tags,
      };
    case 'get-caller-identity':
      return { operation: 'GetCallerIdentity' };
  }
}

/** What is so with some events and not with others, in sentences for the log. */
export function noticesOnPlan({ session }: Config, plan: Plan): string[] {
  const { absentTagKeys } = session;
  const tagged = plan.nodes.some(({ request }) => request.operation === 'AssumeRole');
  if (!tagged || absentTagKeys.length === 0) return [];
  return [
    `transitive-tag-keys: ${absentTagKeys.join(', ')} left out, as this event gives the session no such tag.`,
  ];
}

/** What the plan does otherwise than the inputs alone suggest, in sentences for the log. */
export function remarksOnPlan({ session }: Config, plan: Plan): string[] {
  const remarks: string[] = [];
  const operations = new Set(plan.nodes.map(({ request }) => request.operation));
  const { duration } = session;
  if (plan.nodes.length > 1 && duration?.kind === 'seconds' && duration.seconds > MAX_HOP_SECONDS) {
    remarks.push(
      `role-duration-seconds is ${duration.seconds}, but STS ends a chained session after ${MAX_HOP_SECONDS} s at the latest; ${MAX_HOP_SECONDS} s are asked for.`,
    );
  }
  if (!operations.has('AssumeRole')) {
    const [first] = operations;
    const unused = [
      ...(session.externalId === undefined ? [] : ['role-external-id']),
      ...(session.sourceIdentity === undefined ? [] : ['source-identity']),
      ...(session.tags.some(({ optional }) => !optional) && !operations.has('GetFederationToken')
        ? ['custom-tags']
        : []),
    ];
    if (unused.length > 0) {
      remarks.push(
        `${unused.join(' and ')}: no effect here, as only AssumeRole takes such and this is ${first}.`,
      );
    }
  }
  if (
    operations.has('GetCallerIdentity') &&
    (session.inlinePolicy !== undefined || session.policyArns.length > 0)
  ) {
    remarks.push(
      'Session policies have no effect here: the keys are delivered as they are, without a session.',
    );
  }
  return remarks;
}
