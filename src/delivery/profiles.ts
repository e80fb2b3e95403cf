import type { Host } from '../host.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import {
  type Profile,
  planWriting,
  removeProfiles,
  type WrittenProfiles,
  writeProfiles,
} from '../shared-config/profiles.ts';

/** The name under which the post step finds what was written. */
const STATE = 'written-profiles';

/**
 * Writes the sessions that have a name as profiles, after noting for the post step where.
 *
 * @returns what was written; undefined when no session has a name
 */
export async function deliverProfiles(
  sessions: readonly NamedSession[],
  overwrite: boolean,
  { env, runner, clock }: Host,
): Promise<WrittenProfiles | undefined> {
  const profiles = profilesOf(sessions);
  if (profiles.length === 0) return undefined;
  const place = planWriting(env);
  runner.saveState(STATE, JSON.stringify(place));
  await writeProfiles(profiles, place, overwrite, clock);
  return place;
}

/** The sessions that have a name, as profiles to write. */
export function profilesOf(sessions: readonly NamedSession[]): readonly Profile[] {
  return sessions.flatMap(({ profile, region, session: { credentials } }) =>
    profile === undefined ? [] : [{ ...profile, region, credentials }],
  );
}

/**
 * For the post step: takes out what this invocation wrote.
 *
 * @returns the files
 */
export async function removeProfilesInState({ runner, clock }: Host): Promise<readonly string[]> {
  const state = runner.state(STATE);
  if (state === '') return [];
  const place = JSON.parse(state) as WrittenProfiles;
  await removeProfiles(place, clock);
  return place.files;
}
