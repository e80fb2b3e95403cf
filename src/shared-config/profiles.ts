import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Credentials } from '../aws/session.ts';
import type { Clock } from '../platform/clock.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError, systemErrorCode } from '../platform/errors.ts';
import { addSections, existingSections, removeSections, type Section } from './edit.ts';
import { changeFile, removeLeftovers } from './locked-file.ts';

/** The credentials of a profile, or the command line of the program that returns them. */
type ProfileSource = Credentials | { readonly credentialProcess: string };

export interface Profile {
  readonly name: string;
  readonly region: string;
  readonly source: ProfileSource;
  /** Settings other than credentials and region; a value may have a nested block below it. */
  readonly settings: readonly (readonly [key: string, value: string])[];
}

/** The files of profiles that were written. It holds no secrets, so the post step can read it from the state. */
export interface WrittenProfiles {
  /** Names the blocks in both files. */
  readonly id: string;
  readonly files: readonly [credentials: string, config: string];
  /** The files, and their folders, that did not exist before. */
  readonly made: readonly string[];
}

/**
 * The files in which clients look for profiles (AWS SDKs and Tools Reference Guide, "Shared config and credentials
 * files").
 *
 * @throws ActionError `PROFILE_FILE_REFUSED` without a home folder, since credentials must not go into the workspace
 */
export function sharedConfigPaths(env: Environment) {
  const home = env.HOME || env.USERPROFILE;
  const expand = (file: string) => {
    if (!/^~(?=[/\\]|$)/.test(file)) return file;
    if (!home) {
      throw new ActionError('PROFILE_FILE_REFUSED', {
        problem: 'Profiles cannot be written: the job has no home folder.',
        found: 'neither HOME nor USERPROFILE',
        expected: 'a home folder, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE',
        remedy: 'Set HOME, or set both variables to files outside the workspace.',
      });
    }
    return path.join(home, file.slice(1));
  };
  return {
    config: expand(env.AWS_CONFIG_FILE || path.join('~', '.aws', 'config')),
    credentials: expand(env.AWS_SHARED_CREDENTIALS_FILE || path.join('~', '.aws', 'credentials')),
  };
}

/** The files that {@link writeProfiles} will change. It is saved for the post step before the first change. */
export function planWriting(env: Environment): WrittenProfiles {
  const { config, credentials } = sharedConfigPaths(env);
  const files = [credentials, config] as const;
  const folders = new Set(files.flatMap((file) => foldersAbove(file)));
  const made = [...files, ...folders].filter((place) => !existsSync(place));
  return { id: randomBytes(6).toString('hex'), files, made };
}

function foldersAbove(file: string): string[] {
  const folder = path.dirname(path.resolve(file));
  return folder === path.resolve(file) ? [] : [folder, ...foldersAbove(folder)];
}

/**
 * Writes profiles into both files of `place`. After a failure, {@link removeProfiles} removes what has been written.
 *
 * @param overwrite replaces sections of the same name until {@link removeProfiles} restores them
 * @throws ActionError `PROFILE_EXISTS`, `PROFILE_FILE_REFUSED`, `PROFILE_FILE_FAILED`
 */
export async function writeProfiles(
  profiles: readonly Profile[],
  place: WrittenProfiles,
  overwrite: boolean,
  clock: Clock,
): Promise<void> {
  const [credentialsFile, configFile] = place.files;
  const credentials = profiles.flatMap(({ name, source }): Section[] =>
    'credentialProcess' in source ? [] : [{ header: name, settings: keySettings(source) }],
  );
  const config = profiles.map(({ name, region, source, settings }): Section => {
    const process =
      'credentialProcess' in source ? [['credential_process', source.credentialProcess] as const] : [];
    return { header: configHeader(name), settings: [['region', region], ...process, ...settings] };
  });
  const names = profiles.map(({ name }) => name);
  // Clients would prefer a section of the same name in the credentials file.
  await change(credentialsFile, names, credentials, place.id);
  await change(configFile, names.map(configHeader), config, undefined);

  async function change(
    file: string,
    headers: readonly string[],
    sections: readonly Section[],
    secretBlock: string | undefined,
  ): Promise<void> {
    const edit = (found: string) => {
      const text = names.includes('default') ? removeSections(found, EMPTY_DEFAULT) : found;
      const [taken] = existingSections(text, headers);
      if (taken !== undefined && !overwrite) {
        throw new ActionError('PROFILE_EXISTS', {
          problem: `The profile in aws-profile already exists: [${taken}] in ${file}.`,
          found: 'a section of that name',
          expected: 'a new name, or overwrite-aws-profile: true',
          remedy:
            'Choose another name, or set overwrite-aws-profile: true. The post step then restores the section.',
        });
      }
      return taken === undefined && sections.length === 0
        ? text
        : addSections(text, sections, place.id, headers);
    };
    await changeFile({ path: file, change: edit, secretBlock }, clock);
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

/** Names the block of an empty `[default]`, which a later profile of that name replaces. */
const EMPTY_DEFAULT = 'default';

/** Whether one of the files has a section for the profile `default`. */
export function hasDefaultProfile(env: Environment): boolean {
  const { config, credentials } = sharedConfigPaths(env);
  return [config, credentials].some(
    (file) => existsSync(file) && existingSections(readFileSync(file, 'utf8'), ['default']).length > 0,
  );
}

/** The files that {@link writeEmptyDefault} will change. It is saved for the post step before the change. */
export function planEmptyDefault(env: Environment): WrittenProfiles {
  return { ...planWriting(env), id: EMPTY_DEFAULT };
}

/** Adds an empty `[default]` section, so that every client reads `AWS_PROFILE=default` as no profile. */
export async function writeEmptyDefault({ files }: WrittenProfiles, clock: Clock): Promise<void> {
  const [, configFile] = files;
  const change = (text: string) => addSections(text, [{ header: 'default', settings: [] }], EMPTY_DEFAULT);
  await changeFile({ path: configFile, change }, clock);
}

/**
 * Removes the blocks with this ID, and the files and folders that were created for them if nothing else is in them.
 *
 * @returns the files that had such a block
 */
export async function removeProfiles(
  { id, files, made }: WrittenProfiles,
  clock: Clock,
): Promise<readonly string[]> {
  const changed = new Set<string>();
  for (const file of files) {
    // A file that does not exist can still have the lock of a step that was killed.
    if (!existsSync(path.dirname(file))) continue;
    const edit = (text: string) => {
      const without = removeSections(text, id);
      if (without !== text) changed.add(file);
      return without;
    };
    try {
      await changeFile({ path: file, change: edit, removeIfEmpty: made.includes(file) }, clock);
    } catch (error) {
      // A file that could not be written cannot be changed now either, and has no block.
      if (mayHaveBlock(file, id)) throw error;
    }
  }
  for (const folder of new Set(files.map((file) => path.dirname(file)))) await removeLeftovers(folder, clock);
  for (const place of made.toSorted((a, b) => b.length - a.length)) {
    // A folder with other files stays, and so does a file that has other sections.
    await rmdir(place).catch(() => {});
  }
  return [...changed];
}

/** Whether a file, or the one that a link leads to, may have the block with this ID. */
function mayHaveBlock(file: string, id: string): boolean {
  try {
    const text = readFileSync(file, 'utf8');
    return removeSections(text, id) !== text;
  } catch (error) {
    const code = systemErrorCode(error);
    return code !== 'ENOENT' && code !== 'EISDIR';
  }
}
