import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { ActionError } from '../errors.ts';
import type { Environment } from '../runner/runner.ts';
import type { Credentials } from '../session/session.ts';
import { addSections, existingSections, removeSections, type Section } from './edit.ts';
import { changeFile } from './locked-file.ts';

/** The keys themselves, or the command line of the program that gives them. */
export type ProfileSource = Credentials | { readonly credentialProcess: string };

/** A named session, to be written. */
export interface Profile {
  readonly name: string;
  readonly region: string;
  readonly source: ProfileSource;
  /** Settings besides keys and region; a value may have a nested block below it. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

/** What was written where; no secrets, so that it can be kept for the post step. */
export interface WrittenProfiles {
  /** Names our blocks in both files. */
  readonly id: string;
  readonly files: readonly string[];
  /** The files and folders among them that were not there before. */
  readonly made: readonly string[];
}

/** AWS SDKs and Tools Reference Guide, "Shared config and credentials files". */
export function sharedConfigPaths(env: Environment): {
  readonly config: string;
  readonly credentials: string;
} {
  const home = env.HOME || env.USERPROFILE || '.';
  const expand = (file: string) => (/^~(?=[/\\]|$)/.test(file) ? path.join(home, file.slice(1)) : file);
  return {
    config: expand(env.AWS_CONFIG_FILE || path.join('~', '.aws', 'config')),
    credentials: expand(env.AWS_SHARED_CREDENTIALS_FILE || path.join('~', '.aws', 'credentials')),
  };
}

/** What will be written, to be kept before it is. */
export function planWriting(env: Environment): WrittenProfiles {
  const { config, credentials } = sharedConfigPaths(env);
  const files = [credentials, config];
  const made = [...files, ...files.map((file) => path.dirname(file))].filter((place) => !existsSync(place));
  return { id: randomBytes(6).toString('hex'), files, made };
}

/**
 * Writes profiles into the files of `place`: both or none.
 *
 * @param overwrite set sections of the same name aside until {@link removeProfiles}
 * @throws ActionError `PROFILE_EXISTS`, `PROFILE_FILE_REFUSED`, `PROFILE_FILE_FAILED`
 */
export async function writeProfiles(
  profiles: readonly Profile[],
  place: WrittenProfiles,
  overwrite: boolean,
  clock: Clock,
): Promise<void> {
  const [credentialsFile = '', configFile = ''] = place.files;
  const credentials = profiles.flatMap(({ name, source }): Section[] =>
    'credentialProcess' in source ? [] : [{ header: name, settings: keySettings(source) }],
  );
  const config = profiles.map(({ name, region, source, settings }): Section => {
    const process =
      'credentialProcess' in source ? [['credential_process', source.credentialProcess] as const] : [];
    return { header: configHeader(name), settings: [['region', region], ...process, ...settings] };
  });
  try {
    // A section of the same name in the credentials file would go before what the config file says.
    const names = profiles.map(({ name }) => name);
    await change(credentialsFile, names, credentials, true);
    await change(configFile, names.map(configHeader), config, false);
  } catch (error) {
    await removeProfiles(place, clock);
    throw error;
  }

  async function change(
    file: string,
    headers: readonly string[],
    sections: readonly Section[],
    secret: boolean,
  ): Promise<void> {
    const edit = (text: string) => {
      const [taken] = existingSections(text, headers);
      if (taken !== undefined && !overwrite) throw exists(taken, file);
      return taken === undefined && sections.length === 0
        ? text
        : addSections(text, sections, place.id, headers);
    };
    await changeFile({ path: file, change: edit, secret, removeIfEmpty: false }, clock);
  }
}

const configHeader = (name: string) => (name === 'default' ? name : `profile ${name}`);

function keySettings({ accessKeyId, secretAccessKey, sessionToken }: Credentials): Section['settings'] {
  return [
    ['aws_access_key_id', accessKeyId],
    ['aws_secret_access_key', secretAccessKey],
    ...(sessionToken === undefined ? [] : [['aws_session_token', sessionToken] as const]),
  ];
}

/**
 * Takes out what was written under this id, and the files and folders that were made for it and hold nothing else.
 *
 * @returns the files that held any of it
 */
export async function removeProfiles(
  { id, files, made }: WrittenProfiles,
  clock: Clock,
): Promise<readonly string[]> {
  const changed = new Set<string>();
  for (const file of files) {
    if (!existsSync(file)) continue;
    const edit = (text: string) => {
      const without = removeSections(text, id);
      if (without !== text) changed.add(file);
      return without;
    };
    await changeFile({ path: file, change: edit, secret: false, removeIfEmpty: made.includes(file) }, clock);
  }
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    // Somebody else's files in it keep it.
    if (made.includes(folder)) await rmdir(folder).catch(() => {});
  }
  return [...changed];
}

function exists(header: string, file: string): ActionError {
  return new ActionError('PROFILE_EXISTS', {
    problem: `The profile in aws-profile exists already: [${header}] in ${file}.`,
    found: 'a section of that name',
    expected: 'a name that the file does not have, or overwrite-aws-profile: true',
    remedy:
      'Choose another name, or set overwrite-aws-profile: true; what is replaced comes back after the job.',
  });
}
