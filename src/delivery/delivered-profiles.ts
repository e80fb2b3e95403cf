import type { Host } from '../platform/host/host.ts';
import type { Runner } from '../platform/runner/runner.ts';
import type { DeliveredSession } from '../session/delivered-sessions.ts';
import {
  type Profile,
  planWriting,
  removeProfiles,
  type WrittenProfiles,
  writeProfiles,
} from '../shared-config/profiles.ts';
import type { UndoSteps } from './undo-steps.ts';

const STATE = 'written-profiles';

/** The sessions that have a profile, as profiles with keys. */
export function profilesOf(sessions: readonly DeliveredSession[]): readonly Profile[] {
  return sessions.flatMap(({ profile, region, session: { credentials } }) =>
    profile === undefined ? [] : [{ ...profile, region, source: credentials }],
  );
}

/**
 * Writes profiles into the shared config files, after saving for the post step where.
 *
 * @returns what was written where; undefined without profiles
 * @throws ActionError one of the `PROFILE_…` codes
 */
export async function deliverProfiles(
  profiles: readonly Profile[],
  overwrite: boolean,
  { env, runner, clock }: Host,
  undo: UndoSteps,
): Promise<WrittenProfiles | undefined> {
  if (profiles.length === 0) return undefined;
  const place = planWriting(env);
  saveProfiles(place, runner);
  undo.add('the profiles', async () => void (await removeProfiles(place, clock)));
  await writeProfiles(profiles, place, overwrite, clock);
  return place;
}

/** Saves for the post step what is about to be written where. */
export function saveProfiles(place: WrittenProfiles, runner: Runner): void {
  runner.saveState(STATE, JSON.stringify(place));
}

/**
 * For the post step: removes the profiles that this step wrote.
 *
 * @returns the files that still had any of them
 */
export async function removeProfilesInState({ runner, clock }: Host): Promise<readonly string[]> {
  const state = runner.state(STATE);
  if (state === '') return [];
  return removeProfiles(JSON.parse(state) as WrittenProfiles, clock);
}
