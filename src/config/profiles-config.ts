import { parseRoleArn, type RoleArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import type { Partition } from '../aws/partitions.ts';
import type { SessionPolicies } from '../aws/policies.ts';
import type { SessionTag } from '../aws/tags.ts';
import { type ProfileSection, parseProfilesText, type Setting } from '../shared-config/profiles-text.ts';
import * as parse from './aws-parsers.ts';
import type { InputReader } from './input-reader.ts';
import { customTags } from './tags.ts';
import { oneOf, type Parser } from './text-parsers.ts';

/** One profile of the graph, as its section asks for it. */
export interface ProfileConfig extends SessionPolicies {
  readonly name: string;
  readonly role: RoleArn;
  readonly source: ProfileSource;
  /** Undefined for the input's `aws-region`. */
  readonly region: string | undefined;
  readonly sessionName: string | undefined;
  readonly duration: SessionDuration | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly mfaSerial: string | undefined;
  /** Undefined for those about the job. */
  readonly tags: readonly SessionTag[] | undefined;
  readonly transitiveTagKeys: readonly string[];
  /** Settings that are not ours to read, as they go into the written profile. */
  readonly carried: readonly (readonly [key: string, value: string])[];
}

/** Where the session comes from that a profile's role is assumed with. */
export type ProfileSource =
  | { readonly kind: 'profile'; readonly name: string }
  /** The identity of the inputs. */
  | { readonly kind: 'inputs' }
  | { readonly kind: 'github-oidc' }
  | { readonly kind: 'ambient' }
  | { readonly kind: 'web-identity-file'; readonly path: string };

/** AWS SDKs and Tools Reference Guide, "Assume role credential provider", and ours. */
const CREDENTIAL_SOURCES = ['GitHubOidc', 'Environment', 'Ec2InstanceMetadata', 'EcsContainer'] as const;

const OURS = new Set([
  'role_arn',
  'source_profile',
  'credential_source',
  'web_identity_token_file',
  'external_id',
  'role_session_name',
  'duration_seconds',
  'mfa_serial',
  'region',
  'session_policy',
  'policy_arns',
  'session_tags',
  'transitive_tag_keys',
  'source_identity',
]);

/**
 * Reads the profiles in `text`, the value of `input`, and checks them as a graph. Problems name the line.
 *
 * @returns the profiles, sources before those that need them; incomplete when problems were noted
 */
export function readProfiles(
  inputs: InputReader,
  input: string,
  text: string,
  partition: Partition | undefined,
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
      expected: 'at least one section such as [profile deploy]',
      remedy: 'Write a header and role_arn for each account.',
    });
  }
  const profiles = sections.flatMap((section) => readProfile(inputs, input, section, partition) ?? []);
  return inSourceOrder(inputs, input, sections, profiles);
}

/** How many names an error lists. */
const MAX_NAMES = 20;

/** Settings that give a profile credentials in another way. */
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
 * What an error tells of a text: what the workflow holds as it stands. Of a file no more than its length and the keys that
 * are ours, as it can be any file, named by mistake or by somebody who wants to read it.
 */
function shownIn(input: string, text: string, found = text): string {
  return input === 'profiles' || OURS.has(text.toLowerCase()) ? found : `text of ${text.length} characters`;
}

function readProfile(
  inputs: InputReader,
  input: string,
  { name, line, settings }: ProfileSection,
  partition: Partition | undefined,
): ProfileConfig | undefined {
  const at = (setting: Setting | undefined) => `${input}, line ${setting?.line ?? line}, profile ${name}`;
  const read = <T>(key: string, parser: Parser<T>): T | undefined => {
    const setting = settings.get(key);
    const value = setting === undefined ? '' : [setting.value, ...setting.nested].join('\n').trim();
    if (setting === undefined || value === '') return undefined;
    const parsed = parser(value);
    if ('value' in parsed) return parsed.value;
    inputs.problem({
      ...parsed,
      input: `${at(setting)}, ${key}`,
      found: shownIn(input, value, parsed.found),
    });
    return undefined;
  };

  const role = read('role_arn', fullRoleArn);
  if (!settings.has('role_arn')) {
    inputs.problem({
      input: at(undefined),
      found: 'no role_arn',
      expected: 'role_arn = the ARN of the role to assume',
      remedy: 'Add role_arn; a profile without a role gives no session.',
    });
  } else if (role !== undefined && partition !== undefined && role.partition !== partition.id) {
    inputs.problem({
      input: at(settings.get('role_arn')),
      found: role.arn,
      expected: `a role of partition ${partition.id}, to which aws-region belongs`,
      remedy: 'Use a step of its own for each partition.',
    });
  }
  for (const key of [...settings.keys()].filter((candidate) => OTHER_CREDENTIALS.includes(candidate))) {
    inputs.problem({
      input: `${at(settings.get(key))}, ${key}`,
      found: `${key} beside role_arn`,
      expected: 'role_arn and where it starts from; what is written would have credentials of two kinds',
      remedy: `Remove ${key}; keys to start from go into aws-access-key-id and aws-secret-access-key.`,
    });
  }
  const profile = {
    name,
    source: readSource(inputs, settings, at, read),
    region: read('region', parse.region),
    sessionName: read('role_session_name', parse.roleSessionName),
    duration: read('duration_seconds', parse.duration),
    externalId: read('external_id', parse.externalId),
    sourceIdentity: read('source_identity', parse.sourceIdentity),
    mfaSerial: read('mfa_serial', parse.mfaSerial),
    inlinePolicy: read('session_policy', parse.inlinePolicy),
    policyArns: read('policy_arns', (value) => parse.policyArns(value.replaceAll(/[\s,]+/g, '\n'))) ?? [],
    tags: read('session_tags', customTags),
    transitiveTagKeys:
      read('transitive_tag_keys', (value) => parse.tagKeys(value.replaceAll(',', '\n'))) ?? [],
    carried: [...settings]
      .filter(([key]) => !OURS.has(key))
      .map(([key, { value, nested }]) => [key, [value, ...nested].join('\n')] as const),
  };
  return role === undefined ? undefined : { ...profile, role };
}

/** Nothing but the account says which one it would be in a graph over many. */
const fullRoleArn: Parser<RoleArn> = (text) => {
  const value = parseRoleArn(text);
  return value === undefined
    ? {
        expected: 'the full ARN of an IAM role, such as arn:aws:iam::111111111111:role/deploy',
        remedy: 'Copy the ARN from the role’s page in the IAM console.',
      }
    : { value };
};

function readSource(
  inputs: InputReader,
  settings: ProfileSection['settings'],
  at: (setting: Setting | undefined) => string,
  read: <T>(key: string, parser: Parser<T>) => T | undefined,
): ProfileSource {
  const named = ['source_profile', 'credential_source', 'web_identity_token_file'].filter((key) =>
    settings.has(key),
  );
  if (named.length > 1) {
    inputs.problem({
      input: at(settings.get(named[1] ?? '')),
      found: named.join(' and '),
      expected: 'one of source_profile, credential_source and web_identity_token_file',
      remedy: 'Keep the one that the session starts from.',
    });
  }
  const profile = read('source_profile', parse.profileName);
  const path = read('web_identity_token_file', parse.filePath);
  const source = read('credential_source', oneOf(...CREDENTIAL_SOURCES));
  if (profile !== undefined) return { kind: 'profile', name: profile };
  if (path !== undefined) return { kind: 'web-identity-file', path };
  if (source === undefined) return { kind: 'inputs' };
  return { kind: source === 'GitHubOidc' ? 'github-oidc' : 'ambient' };
}

/** Puts sources first; notes sources that are not there, and circles. */
function inSourceOrder(
  inputs: InputReader,
  input: string,
  sections: readonly ProfileSection[],
  profiles: readonly ProfileConfig[],
): readonly ProfileConfig[] {
  const byName = new Map(profiles.map((profile) => [profile.name, profile]));
  const sectionOf = new Map(sections.toReversed().map((section) => [section.name, section]));
  const lineOf = (name: string) => sectionOf.get(name)?.settings.get('source_profile')?.line;
  const ordered = new Set<ProfileConfig>();
  const inCircle = new Set<string>();

  /** Notes what is wrong with the source of a profile, if it is none here. */
  const sourceOf = ({ name, source }: ProfileConfig): ProfileConfig | undefined => {
    if (source.kind !== 'profile') return undefined;
    if (!sectionOf.has(source.name)) {
      inputs.problem({
        input: `${input}, line ${lineOf(name)}, profile ${name}, source_profile`,
        found: shownIn(input, source.name),
        expected: `the name of another profile here: ${someOf([...sectionOf.keys()])}`,
        remedy: 'Correct the name, or add the profile.',
      });
    }
    return byName.get(source.name);
  };

  for (const profile of profiles) {
    // The way from a profile to where it starts, in a loop: a call for each step would not hold for a long one.
    const way = new Map<string, ProfileConfig>();
    let current: ProfileConfig | undefined = profile;
    while (current !== undefined && !ordered.has(current) && !way.has(current.name)) {
      way.set(current.name, current);
      current = sourceOf(current);
    }
    if (current !== undefined && way.has(current.name)) {
      const names = [...way.keys()];
      const circle = [...names.slice(names.indexOf(current.name)), current.name];
      if (!circle.some((name) => inCircle.has(name))) {
        for (const name of circle) inCircle.add(name);
        inputs.problem({
          input: `${input}, line ${lineOf(current.name)}, profile ${current.name}`,
          found: `a circle: ${circle.join(' → ')}`,
          expected: 'sources that lead to an identity',
          remedy: 'Let one of them start from credential_source, or name another source_profile.',
        });
      }
    }
    for (const passed of [...way.values()].reverse()) ordered.add(passed);
  }
  return [...ordered];
}

/** Names for an error, which need not be all of them. */
function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
