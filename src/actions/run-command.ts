import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CREDENTIAL_VARIABLES,
  clearedFor,
  credentialVariables,
  regionVariables,
  type Variables,
} from '../aws/client-variables.ts';
import { type Command, readCommand, type ShellName } from '../config/command-config.ts';
import type { InputReader } from '../config/input-reader.ts';
import { runChild } from '../delivery/command/child.ts';
import { withExecFolder } from '../delivery/command/command-folder.ts';
import { shellCommand } from '../delivery/command/shell.ts';
import { profilesOf } from '../delivery/profiles.ts';
import type { Host } from '../platform/host/host.ts';
import { endRefreshing } from '../refresh/end-refreshing.ts';
import { type Refreshing, refreshFolder, startRefreshing } from '../refresh/start-refreshing.ts';
import type { Authenticated } from '../session/authenticated.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import { writeProfiles } from '../shared-config/profiles.ts';
import { authenticate } from './authenticate.ts';

/** Variables that would lead a client past what the command is given. */
const HIDDEN = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
];

/** Variables that clients put before what a profile says. */
const HIDDEN_FROM_PROFILES: readonly string[] = [...CREDENTIAL_VARIABLES, 'AWS_REGION', 'AWS_DEFAULT_REGION'];

/**
 * The `exec/` action: runs one command with the credentials in that command's environment alone. Signals pass through,
 * and the step ends with the command's exit code.
 */
export async function runCommand(host: Host): Promise<void> {
  let command: Command | undefined;
  const readOwnInputs = (inputs: InputReader) => {
    command = readCommand(inputs, host.env);
  };
  const hand = async (authenticated: Authenticated) => {
    if (command === undefined) throw new TypeError('there is no command though no problem was noted');
    const { shell, words } = command;
    await withExecFolder(host, async (folder) => {
      const [program, ...args] = shell === 'none' ? words : await script(shell, words[0], folder);
      const refreshing =
        authenticated.config.delivery.refresh === 'off' || authenticated.ambient
          ? undefined
          : await startRefreshing(authenticated, refreshFolder(folder), host);
      try {
        const env = await environmentFor(authenticated, refreshing, folder, host);
        host.runner.info(
          `Running with ${authenticated.sessions.map(({ session }) => session.arn).join(', ')}.`,
        );
        host.setExitCode(await runChild(program, args, env));
      } finally {
        if (refreshing !== undefined) await endRefreshing(refreshing.folder, host);
      }
    });
  };
  await authenticate(host, hand, readOwnInputs);
}

async function script(
  shell: Exclude<ShellName, 'none'>,
  command: string,
  folder: string,
): Promise<readonly [string, ...string[]]> {
  const { extension, start } = shellCommand(shell);
  const file = path.join(folder, `run${extension}`);
  await writeFile(file, command, { mode: 0o600 });
  return start(file);
}

/** The job's environment with what the command gets on top. Profiles go into files that only it is told of. */
async function environmentFor(
  { config, sessions }: Authenticated,
  refreshing: Refreshing | undefined,
  folder: string,
  { env, clock }: Host,
): Promise<Record<string, string>> {
  const byName = config.profiles !== undefined;
  // Several profiles bring a region each, and the job's own session is none of them.
  const several = byName && sessions.length > 1;
  const hidden = byName ? [...HIDDEN, ...HIDDEN_FROM_PROFILES] : HIDDEN;
  const own = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || hidden.includes(name) || /^INPUT_/.test(name) ? [] : [[name, value]],
    ),
  );
  const current = sessions.find(({ isDefault }) => isDefault);
  const profiles = refreshing?.profiles ?? profilesOf(sessions);
  const files = {
    AWS_CONFIG_FILE: path.join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials'),
  };
  if (profiles.length > 0) {
    const place = { id: 'exec', files: [files.AWS_SHARED_CREDENTIALS_FILE, files.AWS_CONFIG_FILE], made: [] };
    await writeProfiles(profiles, place, true, clock);
  }
  return {
    ...own,
    ...(profiles.length > 0 && files),
    ...(current !== undefined && variablesOf(current, several, refreshing, own)),
    ...(!several && regionVariables(current?.region ?? config.region)),
  };
}

/** What makes the command `current`: keys, a profile, or where a session refreshes itself. */
function variablesOf(
  { profile, session }: NamedSession,
  several: boolean,
  refreshing: Refreshing | undefined,
  own: Host['env'],
): Variables {
  if (!several && refreshing === undefined) return credentialVariables(session);
  const named = several && profile !== undefined ? { AWS_PROFILE: profile.name } : {};
  return { ...clearedFor(own), ...refreshing?.variables, ...named };
}
