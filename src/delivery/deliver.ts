import { ActionError } from '../platform/errors.ts';
import { newStepFolder, requireOwnFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import type { Refreshing } from '../refresh/start-refreshing.ts';
import { type Authenticated, isRefreshed, withProfile } from '../session/delivered-sessions.ts';
import { rememberCommandFiles } from './command-files.ts';
import { deliverProfiles } from './delivered-profiles.ts';
import { type Delivery, deliveryOf } from './delivery.ts';
import { exportVariables, needsProfile } from './environment-after-step.ts';
import { exportedByEarlierSteps, recordDelivery, rememberLedger } from './ledger.ts';
import { UndoSteps } from './undo-steps.ts';

/**
 * Delivers the sessions to later steps, completely or not at all. What the post step has to remove is saved in its state
 * before it exists.
 *
 * @throws ActionError `RUNNER_FILE_MISSING`, `FOLDER_REFUSED`, `DELIVERY_FAILED`, what refreshing throws, or one of the
 *   `PROFILE_…` codes; then nothing is left
 */
export async function deliver(authenticated: Authenticated, host: Host): Promise<void> {
  const undo = new UndoSteps();
  let delivery: Delivery;
  try {
    delivery = await write(authenticated, host, undo);
  } catch (cause) {
    await undo.run(host.runner);
    if (cause instanceof ActionError) throw cause;
    throw new ActionError('DELIVERY_FAILED', {
      problem: 'The session could not be delivered to later steps.',
      found: 'a file of the runner that cannot be written',
      expected: 'space and permission to write in RUNNER_TEMP',
      remedy: "Check the disk space and the owner of the runner's temporary folder.",
      cause,
    });
  }
  await report(delivery, authenticated, host);
}

async function write(authenticated: Authenticated, host: Host, undo: UndoSteps): Promise<Delivery> {
  const { config } = authenticated;
  const { env, runner } = host;
  undo.add("the runner's files", rememberCommandFiles(env));
  undo.add('the list of deliveries', rememberLedger(env));
  const exportedBefore = exportedByEarlierSteps(env);
  const isNamed = needsProfile({ config, exportedBefore, env });
  const sessions = authenticated.sessions.map((session) =>
    session.isDefault && isNamed ? withProfile(session) : session,
  );
  const named = { ...authenticated, sessions };
  const refreshing = isRefreshed(named) ? await refresh(named, host, undo) : undefined;
  const delivery = deliveryOf(authenticated, { ...named, refreshing, exportedBefore, env });
  const { variables, outputs } = delivery;
  const profiles = await deliverProfiles(delivery.profiles, config.delivery.overwriteProfiles, host, undo);
  host.cancellation.throwIfAborted();
  exportVariables(variables, env, runner);
  recordDelivery(Object.keys(variables), { profiles, refreshing: refreshing?.folder }, env);
  for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
  return delivery;
}

/** Starts the refresh, whose code loads only for a step that has one. */
async function refresh(authenticated: Authenticated, host: Host, undo: UndoSteps): Promise<Refreshing> {
  const [{ startRefreshing }, { saveRefreshFolder, stopRefreshing }] = await Promise.all([
    import('../refresh/start-refreshing.ts'),
    import('../refresh/stop-refreshing.ts'),
  ]);
  const folder = newStepFolder(requireOwnFolder(host.env), 'refresh');
  saveRefreshFolder(folder, host.runner);
  undo.add('the sessions that are refreshed', () => stopRefreshing(folder, host));
  return startRefreshing(authenticated, folder, host);
}

async function report(
  { log, warnings, laterCommands }: Delivery,
  authenticated: Authenticated,
  host: Host,
): Promise<void> {
  const { runner } = host;
  for (const line of log) runner.info(line);
  for (const warning of warnings) runner.warning(warning);
  if (laterCommands.length > 0) runner.group('Identities of later steps', laterCommands);
  if (!authenticated.config.delivery.summary) return;
  const { writeReceipt } = await import('./receipt/write-receipt.ts');
  writeReceipt(authenticated, host);
}
