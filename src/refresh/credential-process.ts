import path from 'node:path';
import { asActionError, inOneLine } from '../errors.ts';
import type { Outside } from '../outside.ts';
import { quietReporter } from './quiet-reporter.ts';
import { describeFallback, refreshingSession } from './refreshing-session.ts';
import { readPlan, type StoredPlan } from './stored-plan.ts';

export interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/**
 * Answers an SDK that runs us as `credential_process` (AWS SDKs and Tools Reference Guide, "Process credential provider"):
 * Version 1 JSON on standard output and nothing else there; one line on standard error when something is wrong.
 *
 * @param args `--profile NAME --plan FILE`
 * @returns the exit code
 */
export async function credentialProcess(
  args: readonly string[],
  outside: Outside,
  { out, error }: Streams,
): Promise<number> {
  const argument = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined) ?? '';
  const [profile, file] = [argument('--profile'), argument('--plan')];
  try {
    let plan: Promise<StoredPlan> | undefined;
    const stored = () => {
      plan ??= readPlan(file);
      return plan;
    };
    const served = await refreshingSession({
      folder: path.dirname(file),
      profile,
      clock: outside.clock,
      timeoutSeconds: async () => (await stored()).timeoutSeconds,
      replay: async (limitSeconds) => {
        // Loaded only here: an answer from the cache is most of them, and has to be quick.
        const { replayPlan } = await import('./replay-plan.ts');
        return replayPlan(await stored(), profile, limitSeconds, outside, quietReporter(error));
      },
    });
    const fallback = describeFallback(served);
    if (fallback !== undefined) error(`${fallback}\n`);
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = served.held.session.credentials;
    const answer = {
      Version: 1,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration.toISOString(),
    };
    out(`${JSON.stringify(answer)}\n`);
    return 0;
  } catch (thrown) {
    error(`${inOneLine(asActionError(thrown))}\n`);
    return 1;
  }
}
