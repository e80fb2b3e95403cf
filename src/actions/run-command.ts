import { type Command, readCommand } from '../config/command-config.ts';
import { commandEnvironment } from '../delivery/command/command-environment.ts';
import { withCommandFolder, writeCommandProfiles } from '../delivery/command/command-folder.ts';
import { programsOf, runFirst } from '../delivery/command/program.ts';
import { profilesOf } from '../delivery/delivered-profiles.ts';
import { newStepFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import { type Authenticated, isRefreshed } from '../session/delivered-sessions.ts';
import { authenticate } from './authenticate.ts';

/** The `exec/` action: runs one command with credentials that only this command gets, and ends with its exit code. */
export async function runCommand(host: Host): Promise<void> {
  let command: Command | undefined;
  await authenticate(
    host,
    async () => async (authenticated) => {
      if (command === undefined) throw new TypeError('no problem with the inputs, but no command');
      await run(command, authenticated, host);
    },
    (inputs) => {
      command = readCommand(inputs, host.env);
    },
  );
}

async function run(command: Command, authenticated: Authenticated, host: Host): Promise<void> {
  await withCommandFolder(host, async (folder) => {
    const starts = await programsOf(command, folder);
    const refreshing = isRefreshed(authenticated) ? await refresh(authenticated, folder, host) : undefined;
    try {
      const { sessions } = authenticated;
      const profiles = refreshing?.profiles ?? profilesOf(sessions);
      const files = await writeCommandProfiles(profiles, folder, host.clock);
      const env = commandEnvironment({ ...authenticated, refreshing, files }, host.env);
      host.runner.info(`Running with ${sessions.map(({ session }) => session.arn).join(', ')}.`);
      host.setExitCode(await runFirst(starts, env));
    } finally {
      await refreshing?.stop();
    }
  });
}

/** Starts the refresh, whose code loads only for a step that has one. */
async function refresh(authenticated: Authenticated, folder: string, host: Host) {
  const [{ startRefreshing }, { reportAndStopRefreshing }] = await Promise.all([
    import('../refresh/start-refreshing.ts'),
    import('../refresh/stop-refreshing.ts'),
  ]);
  const refreshing = await startRefreshing(authenticated, newStepFolder(folder, 'refresh'), host);
  return { ...refreshing, stop: () => reportAndStopRefreshing(refreshing.folder, host) };
}
