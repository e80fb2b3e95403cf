import { completeRole, roleOfSession } from '../aws/arn.ts';
import type { Claims } from '../identity/claims.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import type { Caller } from '../trust/questions.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';

/** The claims that a node's request presented; undefined for a signed request. */
export function presentedClaims(
  { source }: Pick<PlanNode, 'source'>,
  { connection }: DiagnosisContext,
): Claims | undefined {
  if (source.kind !== 'identity') return undefined;
  const identity = connection.identityOf(source.identity);
  return identity.kind === 'web-identity' ? identity.presented() : undefined;
}

/** The claims of the token that a node's request presents, which is requested if needed; undefined for other requests. */
export async function tokenClaims(
  { source }: Pick<PlanNode, 'source'>,
  { connection }: DiagnosisContext,
): Promise<Claims | undefined> {
  if (source.kind !== 'identity') return undefined;
  const identity = connection.identityOf(source.identity);
  return identity.kind === 'web-identity' ? (await identity.token()).claims : undefined;
}

/** The role or user that signs a node's request; asks STS for the owner of access keys. */
export async function callerOf(
  { source, request }: PlanNode,
  { plan, connection }: DiagnosisContext,
): Promise<Caller | undefined> {
  if (request.operation !== 'AssumeRole') return undefined;
  if (source.kind === 'node') return callerInPlan(source.id, plan);
  try {
    const { obtain } = await connection.sts();
    const caller = connection.identityOf(source.identity);
    const { arn, accountId } = await obtain({ operation: 'GetCallerIdentity' }, caller);
    return callerFromArn(arn, accountId);
  } catch {
    return undefined;
  }
}

/** The role whose session signs the requests that have node `id` as their source. */
export function callerInPlan(id: string, { nodes }: Plan): Caller | undefined {
  const request = nodes.find((candidate) => candidate.id === id)?.request;
  if (request === undefined || !('role' in request)) return undefined;
  const { role } = request;
  return {
    arn: role.arn,
    accountId: role.accountId,
    kind: 'role',
    sessionName: 'sessionName' in request ? request.sessionName : undefined,
    usedMfa: request.operation === 'AssumeRole' && request.mfa !== undefined,
  };
}

/** The ARN of a session lacks the path of its role, so the result can differ from the ARN of a role with a path. */
function callerFromArn(arn: string, accountId: string): Caller {
  const found = roleOfSession(arn);
  if (found === undefined) return { arn, accountId, kind: 'user' };
  const role = completeRole({ path: '/', name: found.name }, found.partition, accountId);
  return { arn: role.arn, accountId, kind: 'role' };
}
