import { MAX_SESSION_TAGS, MAX_TAG_KEY_LENGTH, MAX_TAG_VALUE_LENGTH } from '../aws/limits.ts';
import { keyMatcher, type SessionTag } from '../aws/tags.ts';
import type { Environment } from '../platform/environment.ts';
import { parseJson } from '../platform/json.ts';
import type { Parser, Rejection } from './text-parsers.ts';

/** A character that tags do not allow (STS API Reference, "Tag"). */
const NOT_IN_TAG = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

const TAG_LENGTHS = `keys of 1 to ${MAX_TAG_KEY_LENGTH} and values of at most ${MAX_TAG_VALUE_LENGTH} characters`;

/** The tags about the job, the least useful first: the order in which they are left out. The lesser ones go together. */
const JOB_TAGS = [
  ['Job', 'GITHUB_JOB', 'lesser'],
  ['RunId', 'GITHUB_RUN_ID', 'lesser'],
  ['EventName', 'GITHUB_EVENT_NAME', 'lesser'],
  ['BaseRef', 'GITHUB_BASE_REF', 'lesser'],
  ['HeadRef', 'GITHUB_HEAD_REF', 'lesser'],
  ['TriggeringActor', 'GITHUB_TRIGGERING_ACTOR', 'lesser'],
  ['GitHub', undefined],
  ['Action', 'GITHUB_ACTION'],
  ['Commit', 'GITHUB_SHA'],
  ['Actor', 'GITHUB_ACTOR'],
  ['Branch', 'GITHUB_REF'],
  ['Workflow', 'GITHUB_WORKFLOW'],
  ['Repository', 'GITHUB_REPOSITORY'],
] as const;

/** The tags about the job and the custom tags, which replace them; at most {@link MAX_SESSION_TAGS}. */
export function sessionTags(custom: readonly SessionTag[], env: Environment): readonly SessionTag[] {
  const isCustom = keyMatcher(custom.map(({ key }) => key));
  const own = JOB_TAGS.map(([key, variable, lesser]): SessionTag => {
    const value = tagValue(variable === undefined ? 'Actions' : (env[variable] ?? ''));
    return { key, value, optional: true, ...(lesser && { lesser: true }) };
  }).filter(({ key, value }) => value !== '' && !isCustom(key));
  return [...own.slice(Math.max(0, own.length + custom.length - MAX_SESSION_TAGS)), ...custom];
}

const isJobTag = keyMatcher(JOB_TAGS.map(([key]) => key));

/** Keys without a tag; `ofJob`: the job has such a tag for other events (`HeadRef` for pull requests). */
export function keysWithoutTag(
  keys: readonly string[],
  tags: readonly SessionTag[],
): { readonly ofJob: readonly string[]; readonly unknown: readonly string[] } {
  const isKnown = keyMatcher(tags.map(({ key }) => key));
  const absent = keys.filter((key) => !isKnown(key));
  return { ofJob: absent.filter(isJobTag), unknown: absent.filter((key) => !isJobTag(key)) };
}

/** `text` as a tag value: other characters replaced, and truncated, but not inside a surrogate pair. */
function tagValue(text: string): string {
  return text
    .replaceAll(NOT_IN_TAG, '_')
    .slice(0, MAX_TAG_VALUE_LENGTH)
    .replace(/\p{Surrogate}/u, '');
}

/** A JSON object of keys and values, or the list of `Key` and `Value` pairs that the AWS CLI accepts. */
export const customTags: Parser<readonly SessionTag[]> = (text) => {
  const pairs = pairsIn(text);
  if (pairs === undefined) return reject('JSON with strings as keys and values');
  const keys = pairs.map(([key]) => key.toLowerCase());
  for (const [index, [key, value]] of pairs.entries()) {
    const tag = `${key} = ${value}`;
    if (key.length < 1 || key.length > MAX_TAG_KEY_LENGTH || value.length > MAX_TAG_VALUE_LENGTH)
      return reject(TAG_LENGTHS, tag);
    if ((key + value).search(NOT_IN_TAG) >= 0)
      return reject('letters, digits, spaces and any of _.:/=+-@', tag);
    if (key.toLowerCase().startsWith('aws:'))
      return reject('keys that do not begin with aws:, which is reserved', tag);
    if (keys.indexOf(key.toLowerCase()) !== index)
      return reject('keys that differ by more than letter case', tag);
  }
  if (pairs.length > MAX_SESSION_TAGS)
    return reject(`at most ${MAX_SESSION_TAGS} tags`, `${pairs.length} tags`);
  return { value: pairs.map(([key, value]) => ({ key, value, optional: false })) };
};

const reject = (expected: string, found?: string): Rejection => ({
  expected,
  found,
  remedy: 'Write the tags as a JSON object, such as {"Team": "payments", "Stage": "prod"}.',
});

function pairsIn(text: string): [string, string][] | undefined {
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null) return undefined;
  const pairs: unknown[][] = Array.isArray(document)
    ? document.map((tag) => [tag?.Key, tag?.Value])
    : Object.entries(document).map(([key, value]) => [
        key,
        typeof value === 'object' ? value : String(value),
      ]);
  return pairs.every((pair) => pair.every((part) => typeof part === 'string'))
    ? (pairs as [string, string][])
    : undefined;
}
