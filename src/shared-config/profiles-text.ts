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

/** Reads profiles with line numbers, which the reader of the SDK drops. Accepts `[NAME]` without `profile`. */
export function parseProfilesText(text: string): { sections: ProfileSection[]; problems: TextProblem[] } {
  const sections: OpenSection[] = [];
  const problems: TextProblem[] = [];
  const lineOfName = new Map<string | undefined, number>();
  let setting: OpenSetting | undefined;

  for (const [index, { text: whole, content, kind, header = '' }] of linesOf(text).entries()) {
    if (kind === 'blank') continue;
    const line = index + 1;
    const section = sections.at(-1);
    const problem = (expected: string, wrong = content, remark?: string) =>
      problems.push({ line, text: wrong, expected, remark });

    if (CONTROL.test(whole)) {
      problem('a line without control characters');
    } else if (kind === 'header') {
      setting = undefined;
      const { marked, alone } = PROFILE_HEADER.exec(header)?.groups ?? {};
      const name = marked ?? alone;
      const taken = lineOfName.get(name);
      if (name === undefined) {
        problem('a header such as [profile deploy]; names have no spaces, commas, slashes or quotes');
      } else if (taken !== undefined) {
        problem('each profile once', content, `also in line ${taken}`);
      } else {
        lineOfName.set(name, line);
      }
      sections.push({ name: name ?? `in line ${line}`, line, settings: new Map() });
    } else if (kind === 'nested') {
      setting?.nested.push(whole);
    } else {
      setting = undefined;
      // By position: a pattern would scan a long run of blanks again and again.
      const at = content.indexOf('=');
      const key = content.slice(0, Math.max(at, 0)).trimEnd();
      const taken = section?.settings.get(key.toLowerCase());
      if (section === undefined) {
        problem('a header such as [profile deploy] first');
      } else if (at < 1) {
        problem('key = value');
      } else if (!KEY.test(key)) {
        problem(
          'key = value, with a key of letters, digits, _, - and . only',
          key,
          'which has other characters',
        );
      } else if (taken !== undefined) {
        problem('each key once', key, `also in line ${taken.line}`);
      } else {
        setting = { value: content.slice(at + 1).trim(), nested: [], line };
        section.settings.set(key.toLowerCase(), setting);
      }
    }
  }
  return { sections, problems };
}
