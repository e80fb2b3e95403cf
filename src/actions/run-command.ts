import { type Command, readCommand } from '../config/command-config.ts';
import { commandEnvironment } from '../delivery/command/command-environment.ts';
import { withCommandFolder, writeCommandProfiles } from '../delivery/command/command-folder.ts';
import { programOf, runChild } from '../delivery/command/program.ts';
import { profilesOf } from '../delivery/delivered-profiles.ts';
import { newStepFolder } from '../platform/files/own-folder.ts';
import type { Host } from '../platform/host/host.ts';
import { isRefreshed, startRefreshing } from '../refresh/start-refreshing.ts';
import { reportAndStopRefreshing } from '../refresh/stop-refreshing.ts';
import type { Authenticated } from '../session/delivered-sessions.ts';
import { authenticate } from './authenticate.ts';

/** The `exec/` action: runs one command with credentials that only this command gets, and ends with its exit code. */
export async function runCommand(host: Host): Promise<void> {
  let command: Command | undefined;
  await authenticate(
    host,
    async (authenticated) => {
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
    const [program, ...args] = await programOf(command, folder);
    const refreshing = isRefreshed(authenticated)
      ? await startRefreshing(authenticated, newStepFolder(folder, 'refresh'), host)
      : undefined;
    try {
      const { sessions } = authenticated;
      const profiles = refreshing?.profiles ?? profilesOf(sessions);
      const files = await writeCommandProfiles(profiles, folder, host.clock);
      const env = commandEnvironment({ ...authenticated, refreshing, files }, host.env);
      host.runner.info(`Running with ${sessions.map(({ session }) => session.arn).join(', ')}.`);
      host.setExitCode(await runChild(program, args, env));
    } finally {
      if (refreshing !== undefined) await reportAndStopRefreshing(refreshing.folder, host);
    }
  });
}
