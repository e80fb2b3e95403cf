import type { ProfileSection } from '../shared-config/profiles-text.ts';
import type { InputReader } from './input-reader.ts';
import { type ProfileConfig, shownIn } from './profile.ts';

/** How many names an error lists. */
const MAX_NAMES = 20;

/**
 * Puts source profiles before the profiles that need them. Notes sources that do not exist, and each cycle once.
 *
 * @param sections all sections of `input`, also those without a valid profile
 */
export function inSourceOrder(
  inputs: InputReader,
  input: string,
  sections: readonly ProfileSection[],
  profiles: readonly ProfileConfig[],
): readonly ProfileConfig[] {
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  const sectionOf = new Map(sections.toReversed().map((section) => [section.name, section]));
  const at = (name: string) =>
    `${input}, line ${sectionOf.get(name)?.settings.get('source_profile')?.line}, profile ${name}`;
  const ordered = new Set<ProfileConfig>();
  const inCycle = new Set<string>();

  const sourceOf = ({ name, source }: ProfileConfig): ProfileConfig | undefined => {
    if (source.kind !== 'profile') return undefined;
    if (!sectionOf.has(source.name)) {
      inputs.problem({
        input: `${at(name)}, source_profile`,
        found: shownIn(input, source.name),
        expected: `the name of another profile: ${listOf([...sectionOf.keys()])}`,
        remedy: 'Correct the name, or add the profile.',
      });
    }
    return byName.get(source.name);
  };

  for (const profile of profiles) {
    // The path from a profile to its identity. In a loop, since recursion would overflow the stack on a long path.
    const path = new Map<string, ProfileConfig>();
    let current: ProfileConfig | undefined = profile;
    while (current !== undefined && !ordered.has(current) && !path.has(current.name)) {
      path.set(current.name, current);
      current = sourceOf(current);
    }
    if (current !== undefined && path.has(current.name)) {
      const names = [...path.keys()];
      const cycle = [...names.slice(names.indexOf(current.name)), current.name];
      if (!cycle.some((name) => inCycle.has(name))) {
        for (const name of cycle) inCycle.add(name);
        inputs.problem({
          input: at(current.name),
          found: `a cycle: ${cycle.join(' → ')}`,
          expected: 'source profiles that lead to an identity',
          remedy: 'Set credential_source in one of these profiles, or change its source_profile.',
        });
      }
    }
    for (const passed of [...path.values()].reverse()) ordered.add(passed);
  }
  return [...ordered];
}

/** The first names of a list, and the number of the others. */
function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
