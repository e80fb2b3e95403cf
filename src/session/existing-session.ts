import { isSessionOf } from '../aws/arn.ts';
import type { Config } from '../config/config.ts';
import { ambientIdentity } from '../identity/ambient.ts';
import type { Plan } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import type { Runner } from '../platform/runner/runner.ts';
import { nameOfError } from '../platform/trace.ts';
import type { Sts } from '../sts/sts.ts';
import { defaultChain } from './connect.ts';
import type { DeliveredSession } from './delivered-sessions.ts';
import { assertGuards } from './guards.ts';

/**
 * Looks for a session in the environment that replaces the one this run would obtain: it is valid, passes the guards, and
 * belongs to the configured role.
 *
 * @returns the session, or why no session can be used
 */
export async function existingSession(
  { region, guards }: Pick<Config, 'region' | 'guards'>,
  { nodes, delivered }: Plan,
  { env, runner: { mask } }: Pick<Host, 'env'> & { readonly runner: Pick<Runner, 'mask'> },
  sts: Sts,
): Promise<DeliveredSession | string> {
  const [wanted] = delivered;
  if (wanted === undefined || delivered.length > 1) return 'several profiles are configured.';
  const request = nodes.find(({ id }) => id === wanted.node)?.request;
  const missing = async () => undefined;
  const ambient = ambientIdentity({ region, env, ignoreVariables: false, defaultChain, mask, missing });
  try {
    const session = await sts.obtain({ operation: 'GetCallerIdentity' }, ambient);
    assertGuards(session, guards, sts.now());
    if (request !== undefined && 'role' in request && !isSessionOf(session.arn, request.role))
      return `they belong to ${session.arn || 'an unknown role'}, not to ${request.role.arn}.`;
    return { ...wanted, session };
  } catch (error) {
    return error instanceof ActionError ? (error.message.split('\n')[0] ?? '') : nameOfError(error);
  }
}
