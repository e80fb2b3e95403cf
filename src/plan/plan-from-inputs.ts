import type { Config } from '../config/config.ts';
import type { Plan, PlanNode, SessionRequest } from './plan.ts';

const DEFAULT_SESSION_SECONDS = 3600;

/** IAM User Guide, "Methods to assume a role": a session that another role's session asks for ends after an hour. */
export const MAX_HOP_SECONDS = 3600;

/** STS API Reference, AssumeRole: the shortest session. Those that only lead to the next hop need no more. */
const SOURCE_SESSION_SECONDS = 900;

/**
 * The plan of the flat inputs: a chain from `role-to-assume` through `role-chain`. Session policies and the wished
 * duration belong to the session that is delivered; those on the way last as short as STS allows.
 */
export function planFromInputs(config: Config): Plan {
  const last = config.roles.length - 1;
  const nodes = config.roles.map((role, index): PlanNode => {
    const delivered = index === last;
    const common = {
      role,
      sessionName: config.sessionName,
      inlinePolicy: delivered ? config.inlinePolicy : undefined,
      policyArns: delivered ? config.policyArns : [],
    };
    const wished = config.durationSeconds ?? DEFAULT_SESSION_SECONDS;
    const request: SessionRequest =
      index === 0
        ? {
            operation: 'AssumeRoleWithWebIdentity',
            ...common,
            durationSeconds: delivered ? wished : SOURCE_SESSION_SECONDS,
          }
        : {
            operation: 'AssumeRole',
            ...common,
            externalId: config.externalId,
            durationSeconds: delivered ? Math.min(wished, MAX_HOP_SECONDS) : SOURCE_SESSION_SECONDS,
          };
    return { id: nodeId(index), source: index === 0 ? undefined : nodeId(index - 1), request };
  });
  return { nodes, delivered: nodeId(last) };
}

const nodeId = (index: number) => `role ${index + 1}`;

/** What the plan does otherwise than the inputs alone suggest, in sentences for the log. */
export function remarksOnPlan(config: Config): string[] {
  const remarks: string[] = [];
  const chained = config.roles.length > 1;
  if (chained && config.durationSeconds !== undefined && config.durationSeconds > MAX_HOP_SECONDS) {
    remarks.push(
      `role-duration-seconds is ${config.durationSeconds}, but STS ends a chained session after ${MAX_HOP_SECONDS} s at the latest; ${MAX_HOP_SECONDS} s are asked for.`,
    );
  }
  if (!chained && config.externalId !== undefined) {
    remarks.push(
      'role-external-id has no effect here: AssumeRoleWithWebIdentity takes no external id, only the hops of role-chain do.',
    );
  }
  return remarks;
}
