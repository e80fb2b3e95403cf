import type { DeliveryConfig } from '../config/config.ts';
import { ActionError } from '../errors.ts';
import type { Environment, Runner } from '../runner/runner.ts';
import type { Session } from '../session/session.ts';
import { rememberCommandFiles } from './command-files.ts';
import { outputsOf } from './outputs.ts';
import { credentialVariables, exportVariables, regionVariables } from './variables.ts';

/**
 * Hands `session` to later steps: all of it or nothing.
 *
 * @throws ActionError `RUNNER_FILE_MISSING` before anything is written; `DELIVERY_FAILED` after all was taken back
 */
export function deliver(
  session: Session,
  region: string,
  config: DeliveryConfig,
  env: Environment,
  runner: Runner,
): void {
  if (config.maskAccountId) runner.mask(session.accountId);
  const takeBack = rememberCommandFiles(env);
  try {
    exportVariables(
      {
        ...(config.environment && credentialVariables(session)),
        ...(config.region && regionVariables(region)),
      },
      env,
      runner,
    );
    for (const [name, value] of Object.entries(outputsOf(session, config.outputs)))
      runner.setOutput(name, value);
  } catch (cause) {
    takeBack();
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be handed to later steps.',
      found: 'a failure to write a file of the runner; what had been written was taken back',
      expected: 'room and permission to write under RUNNER_TEMP',
      remedy: "Check disk space and ownership of the runner's temporary folder.",
      cause,
    });
  }
}
