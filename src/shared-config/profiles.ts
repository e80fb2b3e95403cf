import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Credentials } from '../aws/credentials.ts';
import type { Clock } from '../platform/clock.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import { addSections, existingSections, removeSections, type Section } from './edit.ts';
import { changeFile, removeLeftovers } from './locked-file.ts';

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
  /** The permissions of those that were, such as 0o640. */
  readonly modes?: Readonly<Record<string, number>>;
}

/**
 * Where clients look for profiles (AWS SDKs and Tools Reference Guide, "Shared config and credentials files").
 *
 * @throws ActionError `PROFILE_FILE_REFUSED` without a home folder, as keys would land in the workspace
 */
export function sharedConfigPaths(env: Environment): {
  readonly config: string;
  readonly credentials: string;
} {
  const home = env.HOME || env.USERPROFILE;
  const expand = (file: string) => {
    if (!/^~(?=[/\\]|$)/.test(file)) return file;
    if (!home) throw withoutHome();
    return path.join(home, file.slice(1));
  };
  return {
    config: expand(env.AWS_CONFIG_FILE || path.join('~', '.aws', 'config')),
    credentials: expand(env.AWS_SHARED_CREDENTIALS_FILE || path.join('~', '.aws', 'credentials')),
  };
}

/** What will be written, to be kept before it is. */
export function planWriting(env: Environment): WrittenProfiles {
  const { config, credentials } = sharedConfigPaths(env);
  const files = [credentials, config];
  const folders = new Set(files.flatMap((file) => foldersAbove(file)));
  const made = [...files, ...folders].filter((place) => !existsSync(place));
  const modes = Object.fromEntries(
    files.filter((file) => !made.includes(file)).map((file) => [file, statSync(file).mode & 0o777] as const),
  );
  return { id: randomBytes(6).toString('hex'), files, made, modes };
}

/** All folders that a file lies in, the nearest first. */
function foldersAbove(file: string): string[] {
  const folder = path.dirname(path.resolve(file));
  return folder === path.resolve(file) ? [] : [folder, ...foldersAbove(folder)];
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
  const names = profiles.map(({ name }) => name);
  try {
    // A section of the same name in the credentials file would go before what the config file says.
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
    const edit = (found: string) => {
      const text = names.includes('default') ? removeSections(found, EMPTY_DEFAULT) : found;
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

/** Names the block of an empty `[default]`, which any later profile of that name may replace. */
const EMPTY_DEFAULT = 'default';

/** Whether there is a section for the profile `default`. */
export function hasDefaultProfile(env: Environment): boolean {
  const { config, credentials } = sharedConfigPaths(env);
  return [config, credentials].some(
    (file) => existsSync(file) && existingSections(readFileSync(file, 'utf8'), ['default']).length > 0,
  );
}

/** What {@link writeEmptyDefault} will write, to be kept before it does. */
export function planEmptyDefault(env: Environment): WrittenProfiles {
  return { ...planWriting(env), id: EMPTY_DEFAULT };
}

/** Adds an empty `[default]` section, so that `AWS_PROFILE=default` means no profile to every client. */
export async function writeEmptyDefault({ files }: WrittenProfiles, clock: Clock): Promise<void> {
  const [, configFile = ''] = files;
  const change = (text: string) => addSections(text, [{ header: 'default', settings: [] }], EMPTY_DEFAULT);
  await changeFile({ path: configFile, change, secret: false, removeIfEmpty: false }, clock);
}

/**
 * Takes out what was written under this id, and the files and folders that were made for it and hold nothing else.
 *
 * @returns the files that held any of it
 */
export async function removeProfiles(
  { id, files, made, modes = {} }: WrittenProfiles,
  clock: Clock,
): Promise<readonly string[]> {
  const changed = new Set<string>();
  for (const file of files) {
    // A file that is not there may still have a lock of a step that was killed.
    if (!existsSync(path.dirname(file))) continue;
    const edit = (text: string) => {
      const without = removeSections(text, id);
      if (without !== text) changed.add(file);
      return without;
    };
    const removal = { path: file, change: edit, secret: false, removeIfEmpty: made.includes(file) };
    await changeFile({ ...removal, mode: modes[file] }, clock);
  }
  for (const folder of new Set(files.map((file) => path.dirname(file)))) await removeLeftovers(folder, clock);
  const folders = made.filter((place) => !files.includes(place));
  for (const folder of folders.sort((a, b) => b.length - a.length)) {
    // Somebody else's files in it keep it.
    await rmdir(folder).catch(() => {});
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

function withoutHome(): ActionError {
  return new ActionError('PROFILE_FILE_REFUSED', {
    problem: 'There is no place for profiles: the job has no home folder.',
    found: 'neither HOME nor USERPROFILE is set',
    expected: 'a home folder, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE',
    remedy: 'Set HOME, or set both variables to files outside the workspace.',
  });
}
