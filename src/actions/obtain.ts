import type { Config } from '../config/config.ts';
import type { DiagnosisContext, Verdicts } from '../diagnosis/diagnosis-context.ts';
import { type ProfileList, profileList, UNKNOWN_ACCOUNT } from '../plan/profile-list.ts';
import { ActionError } from '../platform/errors.ts';
import type { Connection } from '../session/connect.ts';
import { type Obtained, obtainSessions } from '../session/obtain-sessions.ts';
import { reportProgress } from '../session/progress.ts';

/** The profiles of a run. Asks STS for the account of the identity, if a role has no account and this is no dry run. */
export async function profileListOf(config: Config, { identityOf, sts }: Connection): Promise<ProfileList> {
  const callerAccount = async () => {
    if (config.dryRun) return UNKNOWN_ACCOUNT;
    const { obtain: send } = await sts();
    return (await send({ operation: 'GetCallerIdentity' }, identityOf(config.identity))).accountId;
  };
  return profileList(config, callerAccount);
}

/** Carries out the plan. The code that explains denials is loaded only when something failed. */
export async function obtain(context: DiagnosisContext, verdicts: Verdicts): Promise<Obtained> {
  const { plan, connection, host } = context;
  const sts = connection.sts();
  const { onOutcome, stop } = reportProgress(plan.nodes.length, sts, host);
  const outcomes = await obtainSessions(plan, connection.identityOf, sts, onOutcome).finally(stop);
  if (![...outcomes.values()].some((outcome) => outcome instanceof ActionError)) return outcomes;
  const { explainDenials } = await import('../diagnosis/explain-denials.ts');
  return explainDenials(outcomes, verdicts, context);
}
