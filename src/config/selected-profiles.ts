import type { Environment } from '../platform/environment.ts';
import { parseProfilesText } from '../shared-config/profiles-text.ts';
import type { ProfilesConfig, SessionConfig } from './config.ts';
import { readGitHubOidc } from './identity-config.ts';
import type { InputReader } from './input-reader.ts';
import type { ProfileConfig, RolesOfProfiles } from './profile.ts';
import { readProfiles } from './profiles-config.ts';
import type { ProfilesSource } from './profiles-source.ts';
import { faultOf, select } from './selection.ts';
import { sessionTags } from './tags.ts';

interface ProfileContext extends RolesOfProfiles {
  readonly session: SessionConfig;
  readonly env: Environment;
}

/** Reads the graph of profiles and the inputs that choose from it. */
export function readProfilesConfig(
  inputs: InputReader,
  source: ProfilesSource,
  { partition, session, env, isForPullRequest }: ProfileContext,
): ProfilesConfig {
  const { profiles, selected } = readSelected(inputs, source, { partition, isForPullRequest });
  const fallback = inputs.get('default-profile');
  if (fallback !== undefined && source.problem === undefined && !selected.has(fallback)) {
    const names = profiles.flatMap(({ name }) => (selected.has(name) ? [name] : []));
    inputs.problem({
      input: 'default-profile',
      found: fallback,
      expected: `the name of a selected profile: ${names.join(', ')}`,
      remedy: 'Correct the name, or add it to the profiles and to select-profiles.',
    });
  }
  return {
    entries: profiles.map((profile) => ({
      ...profile,
      tags:
        profile.tags === undefined || session.tags.length === 0 ? undefined : sessionTags(profile.tags, env),
    })),
    selected: [...selected],
    default: fallback,
    allowPartial: inputs.get('allow-partial'),
    oidc: readGitHubOidc(inputs, partition),
  };
}

/**
 * Reads all profiles, and the names of those to deliver.
 *
 * @param leaveOutSources whether a profile that others start from is selected only by its name
 */
export function readSelected(
  inputs: InputReader,
  { input, text, problem }: ProfilesSource,
  roles: RolesOfProfiles,
  leaveOutSources = false,
): { readonly profiles: readonly ProfileConfig[]; readonly selected: ReadonlySet<string> } {
  const wanted = inputs.get('select-profiles');
  if (problem !== undefined) {
    inputs.problem(problem);
    return { profiles: [], selected: new Set(wanted) };
  }
  const profiles = readProfiles(inputs, input, text, roles);
  // Those with problems of their own included: their names are not unknown.
  const names = parseProfilesText(text).sections.map(({ name }) => name);
  const sources = new Set(
    profiles.flatMap(({ source }) => (leaveOutSources && source.kind === 'profile' ? source.name : [])),
  );
  const selection = select(
    wanted,
    names,
    names.filter((name) => !sources.has(name)),
  );
  const fault = wanted && faultOf(wanted, selection);
  if (fault !== undefined) {
    inputs.problem({
      input: 'select-profiles',
      found: fault,
      expected: `names of profiles, or patterns such as prod-* and !sandbox-*: ${names.join(', ')}`,
      remedy: 'Correct the names, or add the profiles.',
    });
  }
  return { profiles, selected: selection.selected };
}
