import type { SessionTag } from '../aws/tags.ts';
import type { Environment } from '../platform/environment.ts';
import { parseJson } from '../platform/json.ts';
import type { Parser, Rejection } from './text-parsers.ts';

/** STS API Reference, "Tag" and AssumeRole, Tags. */
const MAX_TAGS = 50;
const MAX_KEY_LENGTH = 128;
const MAX_VALUE_LENGTH = 256;
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const NOT_TAG_CHARACTERS = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/** The tags about the job that are left out first and together if not all tags fit. */
const LESSER_JOB_TAGS = [
  ['Job', 'GITHUB_JOB'],
  ['RunId', 'GITHUB_RUN_ID'],
  ['EventName', 'GITHUB_EVENT_NAME'],
  ['BaseRef', 'GITHUB_BASE_REF'],
  ['HeadRef', 'GITHUB_HEAD_REF'],
  ['TriggeringActor', 'GITHUB_TRIGGERING_ACTOR'],
] as const;

/** The other tags about the job, the least useful first: they are left out one by one in this order. */
const JOB_TAGS = [
  ['GitHub', undefined],
  ['Action', 'GITHUB_ACTION'],
  ['Commit', 'GITHUB_SHA'],
  ['Actor', 'GITHUB_ACTOR'],
  ['Branch', 'GITHUB_REF'],
  ['Workflow', 'GITHUB_WORKFLOW'],
  ['Repository', 'GITHUB_REPOSITORY'],
] as const;

/** The tags about the job and those of the user. A user's tag replaces a tag about the job with the same key. */
export function sessionTags(custom: readonly SessionTag[], env: Environment): readonly SessionTag[] {
  const taken = new Set(custom.map(({ key }) => key.toLowerCase()));
  const lesser = LESSER_JOB_TAGS.map(([key, variable]) => ({ key, value: env[variable], lesser: true }));
  const others = JOB_TAGS.map(([key, variable]) => ({
    key,
    value: variable === undefined ? 'Actions' : env[variable],
  }));
  const own = [...lesser, ...others]
    .map((tag): SessionTag => ({ ...tag, value: tagValue(tag.value ?? ''), optional: true }))
    .filter(({ key, value }) => value !== '' && !taken.has(key.toLowerCase()));
  return [...own.slice(Math.max(0, own.length + custom.length - MAX_TAGS)), ...custom];
}

const JOB_TAG_KEYS = new Set([...LESSER_JOB_TAGS, ...JOB_TAGS].map(([key]) => key.toLowerCase()));

/**
 * The keys without a session tag: `ofJob` belong to tags about the job that this event has no value for, such as
 * `HeadRef` outside of pull requests; `unknown` belong to no tag.
 */
export function keysWithoutTag(
  keys: readonly string[],
  tags: readonly SessionTag[],
): { readonly ofJob: readonly string[]; readonly unknown: readonly string[] } {
  const known = new Set(tags.map(({ key }) => key.toLowerCase()));
  const absent = keys.filter((key) => !known.has(key.toLowerCase()));
  const isOfJob = (key: string) => JOB_TAG_KEYS.has(key.toLowerCase());
  return { ofJob: absent.filter(isOfJob), unknown: absent.filter((key) => !isOfJob(key)) };
}

/** `text` with invalid characters replaced, truncated to the maximum length between two characters. */
function tagValue(text: string): string {
  return text
    .replaceAll(NOT_TAG_CHARACTERS, '_')
    .slice(0, MAX_VALUE_LENGTH)
    .replace(/\p{Surrogate}$/u, '');
}

/** A JSON object of keys and values, or the list of `Key` and `Value` pairs that the AWS CLI accepts. */
export const customTags: Parser<readonly SessionTag[]> = (text) => {
  const pairs = pairsIn(text);
  if (pairs === undefined) return reject('a JSON object of strings');
  const keys = pairs.map(([key]) => key.toLowerCase());
  for (const [index, [key, value]] of pairs.entries()) {
    const tag = `${key} = ${value}`;
    if (key.length < 1 || key.length > MAX_KEY_LENGTH || value.length > MAX_VALUE_LENGTH) {
      return reject(
        `keys of 1 to ${MAX_KEY_LENGTH} characters and values of at most ${MAX_VALUE_LENGTH}`,
        tag,
      );
    }
    if (!TAG_CHARACTERS.test(key + value)) return reject('letters, digits, spaces and any of _.:/=+-@', tag);
    if (key.toLowerCase().startsWith('aws:'))
      return reject('keys without the prefix aws:, which AWS reserves', tag);
    if (keys.indexOf(key.toLowerCase()) !== index)
      return reject('keys that differ by more than letter case', tag);
  }
  if (pairs.length > MAX_TAGS) return reject(`at most ${MAX_TAGS} tags`, `${pairs.length} tags`);
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
