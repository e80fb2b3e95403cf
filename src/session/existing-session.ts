import type { Config } from '../config/config.ts';
import { assertAccountAllowed } from '../guard/allowed-accounts.ts';
import { assertLifeRemains } from '../guard/remaining-life.ts';
import type { Host } from '../host.ts';
import { ambientIdentity } from '../identity/ambient.ts';
import { isSessionOf, type RoleArn } from '../plan/arn.ts';
import type { Sts } from '../sts/sts.ts';
import type { Session } from './session.ts';

/**
 * The session that the environment has already, if it is what this run would obtain: valid, of an allowed account, of
 * the wanted role, with life enough left.
 *
 * @returns the session, or why there is none to use
 */
export async function existingSession(
  { region, guards }: Config,
  roles: readonly RoleArn[],
  { env, runner, clock }: Host,
  sts: Sts,
): Promise<Session | string> {
  const { mask } = runner;
  const ambient = ambientIdentity({
    region,
    env,
    ignoreVariables: false,
    mask,
    missing: async () => undefined,
  });
  const wanted = roles.at(-1);
  try {
    const session = await sts.obtain({ operation: 'GetCallerIdentity' }, ambient);
    assertAccountAllowed(session, guards.allowedAccountIds);
    assertLifeRemains(session, guards.minimumRemainingSeconds, clock.now());
    if (wanted === undefined || isSessionOf(session.arn, wanted)) return session;
    return `they are of ${session.arn}, not of ${wanted.arn}`;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown failure';
  }
}
