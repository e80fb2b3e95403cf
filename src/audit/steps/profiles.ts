import { ROLE_FOR_PULL_REQUESTS } from '../../config/profile.ts';
import { select } from '../../config/selection.ts';
import { EVENTS_WITH_OTHER_CAUSE, isPullRequestEvent } from '../../platform/runner/pull-request.ts';
import { type ProfileSection, parseProfilesText } from '../../shared-config/profiles-text.ts';
import { type Datum, type Hole, joined, textOfData } from '../expressions/datum.ts';
import type { GapList } from '../model/gap-list.ts';
import type { Position } from '../model/types.ts';

/** A profile whose role is assumed with the job's token. */
export interface TokenProfile {
  readonly name: string;
  readonly role: Datum;
  /** Whether the profile requires the job's token, whatever the other inputs. */
  readonly always: boolean;
}

/** Private-use characters replace the unknown parts while the text is parsed. */
const FIRST_PLACEHOLDER = 0xe000;
const PLACEHOLDER = /([\uE000-\uF8FF])/u;

/**
 * The profiles that present the job's token. All others start from the session of a source profile.
 *
 * @param text in the syntax of the AWS config file
 * @param selected the names and patterns in `select-profiles`; undefined for all
 * @param event the event of the run, on which the roles can depend
 */
export function tokenProfilesOf(
  text: Datum,
  { selected, event }: { readonly selected: readonly string[] | undefined; readonly event: string },
  at: Position,
  gaps: GapList,
): TokenProfile[] {
  const { plain, holes } = withPlaceholders(text);
  const { sections, problems } = parseProfilesText(plain);
  for (const { line, expected } of problems)
    gaps.add({ ...at, what: `line ${line} of the profiles is not valid: expected ${expected}` });
  const byName = new Map(sections.map((section) => [section.name, section]));
  const roots = new Set<ProfileSection>();
  const selection = select(selected, [...byName.keys()]);
  for (const name of selection.unknown)
    gaps.add({ ...at, what: `select-profiles: no profile matches ${name}` });
  for (const name of selection.selected) {
    const root = rootOf(name, byName);
    if (root === undefined) gaps.add({ ...at, what: `the profile ${name} does not lead to an identity` });
    else roots.add(root);
  }
  return [...roots].flatMap((section) => {
    const roles = rolesOf(section, event);
    const source = settingOf(section, 'credential_source');
    const starts =
      source === '' ? settingOf(section, 'web_identity_token_file') === '' : source === 'GitHubOidc';
    const { name } = section;
    const always = source === 'GitHubOidc';
    return starts ? roles.map((role) => ({ name, role: filled(role, holes), always })) : [];
  });
}

/** The roles that a profile can have for an event: two, if only its payload decides; none that are empty. */
function rolesOf(section: ProfileSection, event: string): string[] {
  const other = settingOf(section, 'role_arn');
  const forPullRequests = section.settings.has(ROLE_FOR_PULL_REQUESTS)
    ? settingOf(section, ROLE_FOR_PULL_REQUESTS)
    : other;
  const both = EVENTS_WITH_OTHER_CAUSE.includes(event);
  const roles = both ? [forPullRequests, other] : [isPullRequestEvent(event) ? forPullRequests : other];
  return [...new Set(roles)].filter((role) => role !== '');
}

/** The first profile of a chain of source profiles; undefined for a cycle or a missing profile. */
function rootOf(name: string, byName: ReadonlyMap<string, ProfileSection>): ProfileSection | undefined {
  const seen = new Set<string>();
  let section = byName.get(name);
  while (section !== undefined && !seen.has(section.name)) {
    seen.add(section.name);
    const source = settingOf(section, 'source_profile');
    if (source === '') return section;
    section = byName.get(source);
  }
  return undefined;
}

function settingOf({ settings }: ProfileSection, key: string): string {
  return settings.get(key)?.value.trim() ?? '';
}

function withPlaceholders(text: Datum): { readonly plain: string; readonly holes: readonly Hole[] } {
  if (text.kind === 'data') return { plain: textOfData(text.data), holes: [] };
  const holes: Hole[] = [];
  const pieces = text.parts.map((part) => {
    if (typeof part === 'string') return part;
    holes.push(part);
    return String.fromCodePoint(FIRST_PLACEHOLDER + holes.length - 1);
  });
  return { plain: pieces.join(''), holes };
}

function filled(text: string, holes: readonly Hole[]): Datum {
  const pieces = text.split(PLACEHOLDER).map((piece): string | Datum => {
    const hole = PLACEHOLDER.test(piece) ? holes[(piece.codePointAt(0) ?? 0) - FIRST_PLACEHOLDER] : undefined;
    return hole === undefined ? piece : { kind: 'open', parts: [hole] };
  });
  return joined(pieces);
}
