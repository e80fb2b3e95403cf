import { callerInPlan, tokenClaims } from '../diagnosis/callers.ts';
import { describeStatement, LINK_TITLE, pageLink, setupCommands } from '../diagnosis/describe-trust.ts';
import type { DiagnosisContext } from '../diagnosis/diagnosis-context.ts';
import { describeClaims } from '../diagnosis/presented-claims.ts';
import { statementForRun } from '../diagnosis/statement-for-run.ts';
import { describePlan } from '../plan/describe-plan.ts';
import type { PlanNode } from '../plan/plan.ts';
import { UNKNOWN_ACCOUNT } from '../plan/profile-list.ts';

/**
 * Writes the plan, the claims of its OIDC tokens, and the trust policies that the roles require into the log, without a
 * request to AWS.
 */
export async function describeRun(context: DiagnosisContext): Promise<void> {
  const { plan, config, connection, host } = context;
  host.runner.group('Dry run: the plan, without a request to AWS', describePlan(plan));
  if (plan.nodes.some(({ request }) => 'role' in request && request.role.accountId === UNKNOWN_ACCOUNT)) {
    host.runner.info(
      `Dry run: ${UNKNOWN_ACCOUNT} stands for the account of the credentials, which only STS knows.`,
    );
  }
  if (config.accounts !== undefined) {
    const { parents, role } = config.accounts;
    const from = parents.length === 0 ? 'the organization' : parents.join(', ');
    host.runner.info(
      `Dry run: with the last session, the step would list the accounts of ${from}, and assume the role ${role.name} in each.`,
    );
  }
  const identities = plan.nodes.flatMap(({ source }) =>
    source.kind === 'identity' ? connection.identityOf(source.identity) : [],
  );
  for (const identity of new Set(identities)) {
    if (identity.kind !== 'web-identity') continue;
    const { claims } = await identity.token();
    host.runner.group('Dry run: the claims of the token', describeClaims(claims));
  }
  const written = new Set<string>();
  for (const node of plan.nodes) await describeTrust(node, context, written);
}

/** @param written texts that are in the log already, so that nodes with the same role and statement add them once */
async function describeTrust(
  { source, request }: PlanNode,
  context: DiagnosisContext,
  written: Set<string>,
): Promise<void> {
  // The roles of a store have no trust policy of AWS.
  if (!('role' in request) || request.role.accountId === '') return;
  const claims = await tokenClaims({ source }, context);
  // Only STS knows the owner of access keys.
  const caller = source.kind === 'node' ? callerInPlan(source.id, context.plan) : undefined;
  const statement = statementForRun({ request, claims, caller });
  const key = JSON.stringify([request.role.arn, statement]);
  if (statement === undefined || written.has(key)) return;
  written.add(key);
  const link = claims === undefined ? undefined : pageLink(claims, request, context);
  const { runner } = context.host;
  runner.group(`Dry run: the trust policy of ${request.role.arn}`, [
    ...describeStatement(statement),
    ...(link === undefined ? [] : [`${LINK_TITLE}: ${link}`]),
  ]);
  const provider = claims === undefined ? '' : ' and its identity provider';
  runner.group(
    `Dry run: AWS CLI commands that create ${request.role.arn}${provider}`,
    setupCommands(request, claims, statement),
  );
}
