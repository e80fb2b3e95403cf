import { type ProfileSection, parseProfilesText } from '../shared-config/profiles-text.ts';
import * as parse from './aws-parsers.ts';
import type { InputReader } from './input-reader.ts';
import {
  OWN_SETTINGS,
  type ProfileConfig,
  type ProfileSource,
  ROLE_FOR_PULL_REQUESTS,
  type RolesOfProfiles,
  SOURCE_SETTINGS,
  shownIn,
} from './profile.ts';
import { checkPartition } from './roles.ts';
import { customTags } from './tags.ts';
import { oneOf, type Parser } from './text-parsers.ts';

/** AWS SDKs and Tools Reference Guide, "Assume role credential provider", and `GitHubOidc`. */
const CREDENTIAL_SOURCES = ['GitHubOidc', 'Environment', 'Ec2InstanceMetadata', 'EcsContainer'] as const;

/** Settings by which a profile gets credentials without a role. */
const OTHER_CREDENTIALS = [
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'credential_process',
  'login_session',
  'sso_account_id',
  'sso_role_name',
  'sso_session',
  'sso_start_url',
];

/**
 * Reads the profiles in `text`, the value of `input`, and checks them as a graph. Problems name the line.
 *
 * @returns the profiles, source profiles first; incomplete when problems were noted
 */
export function readProfiles(
  inputs: InputReader,
  input: string,
  text: string,
  roles: RolesOfProfiles,
): readonly ProfileConfig[] {
  const { sections, problems } = parseProfilesText(text);
  for (const { line, text: wrong, remark, expected } of problems) {
    inputs.problem({
      input: `${input}, line ${line}`,
      found: [shownIn(input, wrong), remark].filter((part) => part !== undefined).join(', '),
      expected,
      remedy: 'Write profiles as in the AWS config file.',
    });
  }
  if (sections.length === 0 && problems.length === 0) {
    inputs.problem({
      input,
      found: 'no profile',
      expected: 'at least one section, such as [profile deploy]',
      remedy: 'Add a section with role_arn for each account.',
    });
  }
  const profiles = sections.flatMap((section) => readProfile(inputs, input, section, roles) ?? []);
  return inSourceOrder(inputs, input, sections, profiles);
}

/** Reads the settings of one section: `place` is that of the section, `at` that of a setting; `read` notes problems. */
function sectionReader(inputs: InputReader, input: string, section: ProfileSection) {
  const { name, settings } = section;
  const placeOf = ({ line }: { readonly line: number }) => `${input}, line ${line}, profile ${name}`;
  const at = (key: string) => `${placeOf(settings.get(key) ?? section)}, ${key}`;
  return {
    place: placeOf(section),
    at,
    /** A setting; undefined when it is empty, or not valid and a problem was noted. */
    read<T>(key: string, parser: Parser<T>): T | undefined {
      const setting = settings.get(key);
      const text = setting === undefined ? '' : [setting.value, ...setting.nested].join('\n').trim();
      if (text === '') return undefined;
      const parsed = parser(text);
      if ('value' in parsed) return parsed.value;
      inputs.problem({ ...parsed, input: at(key), found: shownIn(input, text, parsed.found) });
      return undefined;
    },
  };
}

function readProfile(
  inputs: InputReader,
  input: string,
  section: ProfileSection,
  { partition, isForPullRequest }: RolesOfProfiles,
): ProfileConfig | undefined {
  const reader = sectionReader(inputs, input, section);
  const { at, read } = reader;
  const [other, forPullRequests] = (['role_arn', ROLE_FOR_PULL_REQUESTS] as const).map((key) => {
    const found = read(key, parse.fullRoleArn);
    if (found !== undefined) checkPartition(inputs, at(key), found, partition);
    return found;
  });
  const hasRoleForPullRequests = section.settings.has(ROLE_FOR_PULL_REQUESTS);
  const profile = {
    name: section.name,
    hasRoleForPullRequests,
    source: readSource(reader),
    region: read('region', parse.region),
    sessionName: read('role_session_name', parse.roleSessionName),
    duration: read('duration_seconds', parse.duration),
    externalId: read('external_id', parse.externalId),
    sourceIdentity: read('source_identity', parse.sourceIdentity),
    mfaSerial: read('mfa_serial', parse.mfaSerial),
    inlinePolicy: read('session_policy', parse.inlinePolicy),
    policyArns: read('policy_arns', (value) => parse.policyArns(value.replaceAll(/[\s,]/g, '\n'))) ?? [],
    tags: read('session_tags', customTags),
    transitiveTagKeys:
      read('transitive_tag_keys', (value) => parse.tagKeys(value.replaceAll(',', '\n'))) ?? [],
    carried: [...section.settings]
      .filter(([key]) => !OWN_SETTINGS.has(key))
      .map(([key, { value, nested }]) => [key, [value, ...nested].join('\n')] as const),
  };
  checkSettings(inputs, reader, section, profile);
  const role = isForPullRequest && hasRoleForPullRequests ? forPullRequests : other;
  return role === undefined ? undefined : { ...profile, role };
}

function readSource({ read }: ReturnType<typeof sectionReader>): ProfileSource {
  const name = read('source_profile', parse.profileName);
  const path = read('web_identity_token_file', parse.filePath);
  const source = read('credential_source', oneOf(...CREDENTIAL_SOURCES));
  if (name !== undefined) return { kind: 'profile', name };
  if (path !== undefined) return { kind: 'web-identity-file', path };
  if (source === undefined) return { kind: 'inputs' };
  return { kind: source === 'GitHubOidc' ? 'github-oidc' : 'ambient' };
}

function checkSettings(
  inputs: InputReader,
  { place, at }: ReturnType<typeof sectionReader>,
  { settings }: ProfileSection,
  { source, mfaSerial }: Pick<ProfileConfig, 'source' | 'mfaSerial'>,
): void {
  const keys = [...settings.keys()];
  if (!settings.get('role_arn')?.value && !settings.get('role_arn')?.nested.length) {
    inputs.problem({
      input: place,
      found: 'no role_arn',
      expected: 'role_arn = the ARN of the role to assume',
      remedy: 'Add role_arn.',
    });
  }
  const forPullRequests = settings.get(ROLE_FOR_PULL_REQUESTS);
  if (forPullRequests?.value === '' && forPullRequests.nested.length === 0) {
    inputs.problem({
      input: at(ROLE_FOR_PULL_REQUESTS),
      found: 'an empty text',
      expected: 'the ARN of the role for pull requests',
      remedy: `Add the ARN, or remove ${ROLE_FOR_PULL_REQUESTS} to use role_arn for every event.`,
    });
  }
  for (const key of keys.filter((candidate) => OTHER_CREDENTIALS.includes(candidate))) {
    inputs.problem({
      input: at(key),
      found: `${key} and role_arn`,
      expected: 'role_arn and its source only, as clients would find two kinds of credentials in the profile',
      remedy: `Remove ${key}. Pass access keys as aws-access-key-id and aws-secret-access-key.`,
    });
  }
  const sources = keys.filter((key) => SOURCE_SETTINGS.includes(key));
  const [, second] = sources;
  if (second !== undefined) {
    inputs.problem({
      input: at(second),
      found: sources.join(' and '),
      expected: 'one of source_profile, credential_source and web_identity_token_file',
      remedy: 'Keep one of them.',
    });
  }
  if (mfaSerial !== undefined && source.kind === 'profile') {
    inputs.problem({
      input: at('mfa_serial'),
      found: 'mfa_serial and source_profile',
      expected: 'mfa_serial in the first profile of the chain, as the session of a role has no MFA device',
      remedy: 'Move mfa_serial to the profile that starts from the keys of the IAM user.',
    });
  }
}

const MAX_NAMES = 20;

/**
 * Puts source profiles before the profiles that need them. Notes sources that do not exist, and each cycle once.
 *
 * @param sections all sections of `input`, also those without a valid profile
 */
function inSourceOrder(
  inputs: InputReader,
  input: string,
  sections: readonly ProfileSection[],
  profiles: readonly ProfileConfig[],
): readonly ProfileConfig[] {
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  const placeOf = new Map(
    sections.toReversed().map(({ name, line, settings }) => {
      const source = settings.get('source_profile');
      return [name, `${input}, line ${source?.line ?? line}, profile ${name}`];
    }),
  );
  const ordered = new Set<ProfileConfig>();

  const sourceOf = ({ name, source }: ProfileConfig): ProfileConfig | undefined => {
    if (source.kind !== 'profile') return undefined;
    if (!placeOf.has(source.name)) {
      inputs.problem({
        input: `${placeOf.get(name)}, source_profile`,
        found: shownIn(input, source.name),
        expected: `the name of another profile: ${listOf([...placeOf.keys()])}`,
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
      inputs.problem({
        input: placeOf.get(current.name) ?? input,
        found: `a cycle: ${cycle.join(' → ')}`,
        expected: 'source profiles that lead to an identity',
        remedy: 'Set credential_source in one of these profiles, or change its source_profile.',
      });
    }
    for (const passed of [...path.values()].reverse()) ordered.add(passed);
  }
  return [...ordered];
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
