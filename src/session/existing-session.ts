import { isSessionOf } from '../aws/arn.ts';
import type { Config } from '../config/config.ts';
import { ambientIdentity } from '../identity/ambient.ts';
import type { Plan } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { nameOfError } from '../platform/trace.ts';
import type { Sts } from '../sts/sts.ts';
import { assertAccountAllowed } from './allowed-accounts.ts';
import { defaultChain } from './default-chain.ts';
import type { NamedSession } from './named-sessions.ts';
import { assertLifeRemains } from './remaining-life.ts';

/**
 * The session that the environment has already, if it is what this run would obtain: valid, of an allowed account, of
 * the wanted role, with life enough left.
 *
 * @returns the session, or why there is none to use
 */
export async function existingSession(
  { region, guards }: Config,
  { nodes, delivered }: Plan,
  { env, runner }: Host,
  sts: Sts,
): Promise<NamedSession | string> {
  const [wanted] = delivered;
  if (wanted === undefined || delivered.length > 1) return 'several profiles are wanted.';
  const request = nodes.find(({ id }) => id === wanted.node)?.request;
  const { mask } = runner;
  const ambient = ambientIdentity({
    region,
    env,
    ignoreVariables: false,
    defaultChain,
    mask,
    missing: async () => undefined,
  });
  try {
    const session = await sts.obtain({ operation: 'GetCallerIdentity' }, ambient);
    assertAccountAllowed(session, guards.allowedAccountIds);
    assertLifeRemains(session, guards.minimumRemainingSeconds, sts.now());
    if (request !== undefined && 'role' in request && !isSessionOf(session.arn, request.role)) {
      return `they are of ${session.arn || 'an unknown role'}, not of ${request.role.arn}`;
    }
    return { ...wanted, session };
  } catch (error) {
    return error instanceof ActionError ? (error.message.split('\n')[0] ?? '') : nameOfError(error);
  }
}
