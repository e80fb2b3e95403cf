import { linesOf } from './lexer.ts';

/** A `key = value` of a profile, with the indented lines below it. */
interface Setting {
  readonly value: string;
  /** The indented lines below, unchanged: a nested block, or the rest of a long value. */
  readonly nested: readonly string[];
  readonly line: number;
}

export interface ProfileSection {
  readonly name: string;
  readonly line: number;
  /** By key in lower case, in the order of the text. */
  readonly settings: ReadonlyMap<string, Setting>;
}

interface TextProblem {
  readonly line: number;
  /** The part of the line at fault. It can be a secret, when the text is not a config file. */
  readonly text: string;
  /** What is wrong with it, where `expected` does not show that. */
  readonly remark: string | undefined;
  readonly expected: string;
}

/** In `select-profiles`, a comma separates names. */
const NAME = '[^[\\]\\s"\'/\\\\#;=,]+';
const PROFILE_HEADER = new RegExp(
  `^(?:profile (?<marked>${NAME})|(?<quote>["']?)(?<alone>${NAME})\\k<quote>)$`,
);

/**
 * The characters of all keys that AWS documents. Clients read other keys differently: the AWS CLI and boto3 (Python's
 * configparser) accept `:` in place of `=`, so that `a: x = y` sets `a`.
 */
const KEY = /^[\w.-]+$/;

/** A character that ends a line for some clients, such as a lone carriage return, or that no value has. */
const CONTROL = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u;

type OpenSetting = Setting & { readonly nested: string[] };
type OpenSection = ProfileSection & { readonly settings: Map<string, OpenSetting> };

/** What is wrong with a line. */
type LineProblem = Omit<TextProblem, 'line'>;

/** Reads profiles with line numbers, which the reader of the SDK drops. Accepts `[NAME]` without `profile`. */
export function parseProfilesText(text: string): { sections: ProfileSection[]; problems: TextProblem[] } {
  const sections: OpenSection[] = [];
  const problems: TextProblem[] = [];
  const lineOfName = new Map<string, number>();
  let setting: OpenSetting | undefined;

  for (const [index, { text: whole, content, kind, header = '' }] of linesOf(text).entries()) {
    if (kind === 'blank') continue;
    const line = index + 1;
    const problem = ({ text, expected, remark }: LineProblem) =>
      problems.push({ line, text, expected, remark });
    if (CONTROL.test(whole)) {
      problem({ text: content, expected: 'a line without control characters', remark: undefined });
    } else if (kind === 'header') {
      const read = readHeader(header, content, lineOfName);
      const { name = `in line ${line}` } = read;
      if ('expected' in read) problem(read);
      else lineOfName.set(name, line);
      sections.push({ name, line, settings: new Map() });
      setting = undefined;
    } else if (kind === 'nested') {
      setting?.nested.push(whole);
    } else {
      const read = readSetting(content, sections.at(-1));
      setting = undefined;
      if ('expected' in read) {
        problem(read);
      } else {
        setting = { value: read.value, nested: [], line };
        sections.at(-1)?.settings.set(read.key, setting);
      }
    }
  }
  return { sections, problems };
}

/** @param lineOfName the line of each profile above */
function readHeader(
  header: string,
  text: string,
  lineOfName: ReadonlyMap<string, number>,
): { readonly name: string } | (LineProblem & { readonly name?: string }) {
  const { marked, alone } = PROFILE_HEADER.exec(header)?.groups ?? {};
  const name = marked ?? alone;
  if (name === undefined) {
    const expected = 'a header such as [profile deploy]; names have no spaces, commas, slashes or quotes';
    return { text, expected, remark: undefined };
  }
  const taken = lineOfName.get(name);
  if (taken === undefined) return { name };
  return { name, text, expected: 'each profile once', remark: `also in line ${taken}` };
}

/** @param section the open profile */
function readSetting(
  text: string,
  section: ProfileSection | undefined,
): { readonly key: string; readonly value: string } | LineProblem {
  const expected = (what: string, wrong = text, remark?: string) => ({ text: wrong, expected: what, remark });
  if (section === undefined) return expected('a header such as [profile deploy] first');
  // By position: a pattern would scan a long run of blanks again and again.
  const at = text.indexOf('=');
  if (at < 1) return expected('key = value');
  const name = text.slice(0, at).trimEnd();
  if (!KEY.test(name)) {
    const what = 'key = value, with a key of letters, digits, _, - and . only';
    return expected(what, name, 'which has other characters');
  }
  const key = name.toLowerCase();
  const taken = section.settings.get(key);
  if (taken !== undefined) return expected('each key once', name, `also in line ${taken.line}`);
  return { key, value: text.slice(at + 1).trim() };
}
