import path from 'node:path';
import { asActionError, inOneLine } from '../platform/errors.ts';
import type { Outside } from '../platform/host/outside.ts';
import { answerOf, type Question } from './cached-answer.ts';
import { quietReporter } from './quiet-reporter.ts';
import { describeFallback, refreshingSession } from './refreshing-session.ts';
import { replayPlan } from './replay-plan.ts';
import { readPlan, type StoredPlan } from './stored-plan.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/**
 * Answers an SDK that runs us as `credential_process`: the JSON on standard output and nothing else there; one line on
 * standard error when something is wrong.
 *
 * @returns the exit code
 */
export async function credentialProcess(
  { profile, planFile }: Question,
  outside: Outside,
  { out, error }: Streams,
): Promise<number> {
  let plan: Promise<StoredPlan> | undefined;
  const stored = () => {
    plan ??= readPlan(planFile);
    return plan;
  };
  try {
    const served = await refreshingSession({
      folder: path.dirname(planFile),
      profile,
      clock: outside.clock,
      timeoutSeconds: async () => (await stored()).timeoutSeconds,
      replay: async (limitSeconds) =>
        replayPlan(await stored(), profile, limitSeconds, outside, quietReporter(error)),
    });
    const fallback = describeFallback(served);
    if (fallback !== undefined) error(`${fallback}\n`);
    out(answerOf(served.held));
    return 0;
  } catch (thrown) {
    error(`${inOneLine(asActionError(thrown))}\n`);
    return 1;
  }
}
