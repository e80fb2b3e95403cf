import type { DeliveryConfig } from '../config/config.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session/session.ts';
import {
  planWriting,
  removeProfiles,
  type WrittenProfiles,
  writeProfiles,
} from '../shared-config/profiles.ts';

/** The name under which the post step finds what was written. */
const STATE = 'written-profiles';

/** Writes `session` as a profile, after noting for the post step where. */
export async function deliverProfile(
  { credentials }: Session,
  region: string,
  { name, overwrite }: NonNullable<DeliveryConfig['profile']>,
  { env, runner, clock }: Host,
): Promise<WrittenProfiles> {
  const place = planWriting(env);
  runner.saveState(STATE, JSON.stringify(place));
  await writeProfiles([{ name, region, credentials }], place, overwrite, clock);
  return place;
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
