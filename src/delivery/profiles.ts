import type { Host } from '../platform/host/host.ts';
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
 * Writes profiles, after noting for the post step where.
 *
 * @returns what was written; undefined when there are none
 */
export async function deliverProfiles(
  profiles: readonly Profile[],
  overwrite: boolean,
  { env, runner, clock }: Host,
): Promise<WrittenProfiles | undefined> {
  if (profiles.length === 0) return undefined;
  const place = planWriting(env);
  keepProfilesInState(place, runner);
  await writeProfiles(profiles, place, overwrite, clock);
  return place;
}

/** Notes for the post step what is about to be written where. */
export function keepProfilesInState(place: WrittenProfiles, runner: Host['runner']): void {
  runner.saveState(STATE, JSON.stringify(place));
}

/** The sessions that have a name, as profiles to write. */
export function profilesOf(sessions: readonly NamedSession[]): readonly Profile[] {
  return sessions.flatMap(({ profile, region, session: { credentials } }) =>
    profile === undefined ? [] : [{ ...profile, region, source: credentials }],
  );
}

/**
 * For the post step: takes out what this invocation wrote.
 *
 * @returns the files that held any of it still
 */
export async function removeProfilesInState({ runner, clock }: Host): Promise<readonly string[]> {
  const state = runner.state(STATE);
  if (state === '') return [];
  const place = JSON.parse(state) as WrittenProfiles;
  return removeProfiles(place, clock);
}
