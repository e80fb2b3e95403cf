import type { Authenticated } from '../authenticate.ts';
import { ActionError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import { removeProfiles, type WrittenProfiles } from '../shared-config/profiles.ts';
import { rememberCommandFiles } from './command-files.ts';
import { writeLedger } from './ledger.ts';
import { outputsOf } from './outputs.ts';
import { deliverProfiles } from './profiles.ts';
import { renderSummary } from './summary.ts';
import { CLEARED, credentialVariables, exportVariables, regionVariables } from './variables.ts';

/**
 * Hands the sessions to later steps: all of it or nothing.
 *
 * @throws ActionError `RUNNER_FILE_MISSING` before anything is written; `DELIVERY_FAILED` or one of the `PROFILE_…`
 *   codes after all was taken back
 */
export async function deliver(authenticated: Authenticated, host: Host): Promise<void> {
  const { config, sessions, ambient } = authenticated;
  const { env, runner, clock } = host;
  const { delivery } = config;
  if (delivery.maskAccountId) for (const { session } of sessions) runner.mask(session.accountId);

  const inVariables = sessions.find(({ isDefault }) => isDefault);
  const exported = delivery.environment && !ambient ? inVariables : undefined;
  const variables = {
    ...(delivery.unsetCurrent && CLEARED),
    ...(exported !== undefined && credentialVariables(exported.session)),
    // As in the peer, and only there: SDKs that find both warn, and `default-profile` asks for variables alone.
    ...(exported?.profile !== undefined &&
      config.profiles === undefined && { AWS_PROFILE: exported.profile.name }),
    ...(delivery.region && regionVariables(inVariables?.region ?? config.region)),
  };
  const takeBack = rememberCommandFiles(env);
  let written: WrittenProfiles | undefined;
  try {
    written = await deliverProfiles(sessions, delivery.overwriteProfiles, host);
    exportVariables(variables, env, runner);
    writeLedger(Object.keys(variables), written, env);
    for (const [name, value] of Object.entries(outputsOf(authenticated))) runner.setOutput(name, value);
  } catch (cause) {
    takeBack();
    if (written !== undefined) await removeProfiles(written, clock);
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be handed to later steps.',
      found: 'a failure to write a file of the runner; what had been written was taken back',
      expected: 'room and permission to write under RUNNER_TEMP',
      remedy: "Check disk space and ownership of the runner's temporary folder.",
      cause,
    });
  }
  for (const session of sessions) runner.info(describe(session));
  if (delivery.summary) runner.summary(renderSummary(authenticated));
}

function describe({ profile, session: { arn, requestId, credentials } }: NamedSession): string {
  const name = profile === undefined ? '' : `${profile.name}: `;
  const until = credentials.expiration === undefined ? '' : ` until ${credentials.expiration.toISOString()}`;
  return `${name}Authenticated as ${arn}${until} (request ${requestId}).`;
}
