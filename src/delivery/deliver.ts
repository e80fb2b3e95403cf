import type { Config } from '../config/config.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session/session.ts';
import { removeProfiles, type WrittenProfiles } from '../shared-config/profiles.ts';
import { rememberCommandFiles } from './command-files.ts';
import { outputsOf } from './outputs.ts';
import { deliverProfile } from './profile.ts';
import { CLEARED, credentialVariables, exportVariables, regionVariables } from './variables.ts';

/**
 * Hands `session` to later steps: all of it or nothing.
 *
 * @param what whether later steps need the credentials themselves, or have them already
 * @throws ActionError `RUNNER_FILE_MISSING` before anything is written; `DELIVERY_FAILED` or one of the `PROFILE_…`
 *   codes after all was taken back
 */
export async function deliver(
  session: Session,
  { delivery, region }: Config,
  what: { readonly credentials: boolean },
  host: Host,
): Promise<void> {
  const { env, runner } = host;
  if (delivery.maskAccountId) runner.mask(session.accountId);
  const takeBack = rememberCommandFiles(env);
  const { profile } = delivery;
  let written: WrittenProfiles | undefined;
  try {
    if (profile !== undefined) written = await deliverProfile(session, region, profile, host);
    exportVariables(
      {
        ...(delivery.unsetCurrent && CLEARED),
        ...(delivery.environment && what.credentials && credentialVariables(session)),
        ...(delivery.environment && profile !== undefined && { AWS_PROFILE: profile.name }),
        ...(delivery.region && regionVariables(region)),
      },
      env,
      runner,
    );
    for (const [name, value] of Object.entries(outputsOf(session, delivery.outputs)))
      runner.setOutput(name, value);
  } catch (cause) {
    takeBack();
    if (written !== undefined) await removeProfiles(written, host.clock);
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be handed to later steps.',
      found: 'a failure to write a file of the runner; what had been written was taken back',
      expected: 'room and permission to write under RUNNER_TEMP',
      remedy: "Check disk space and ownership of the runner's temporary folder.",
      cause,
    });
  }
}
