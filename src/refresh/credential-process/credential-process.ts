import path from 'node:path';
import { asActionError, inOneLine } from '../../platform/errors.ts';
import type { Outside } from '../../platform/host/outside.ts';
import { currentSession, describeFallback } from '../stored/current-session.ts';
import { quietReporter, replayPlan } from '../stored/replay-plan.ts';
import { readPlan, type StoredPlan } from '../stored/stored-plan.ts';
import { formatAnswer, type ProcessArguments } from './cached-answer.ts';

/**
 * Answers an SDK that runs this program as `credential_process`: the JSON on standard output, and one line on standard
 * error for a warning or an error.
 *
 * @returns the exit code
 */
export async function credentialProcess(
  { profile, planFile }: ProcessArguments,
  outside: Outside,
  { out, error }: Readonly<Record<'out' | 'error', (text: string) => void>>,
): Promise<number> {
  let plan: Promise<StoredPlan> | undefined;
  const stored = () => {
    plan ??= readPlan(planFile);
    return plan;
  };
  try {
    const current = await currentSession({
      folder: path.dirname(planFile),
      profile,
      clock: outside.clock,
      timeoutSeconds: async () => (await stored()).timeoutSeconds,
      replay: async (limitSeconds) =>
        replayPlan({ stored: await stored(), profile, limitSeconds }, outside, quietReporter(error)),
    });
    const warning = describeFallback(current);
    if (warning !== undefined) error(`${warning}\n`);
    out(formatAnswer(current.cached));
    return 0;
  } catch (thrown) {
    error(`${inOneLine(asActionError(thrown))}\n`);
    return 1;
  }
}
