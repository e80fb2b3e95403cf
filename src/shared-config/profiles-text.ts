/** A `key = value` of a profile, with the lines below it that are indented. */
export interface Setting {
  readonly value: string;
  /** Indented lines below, as they stand: a nested block, or the rest of a long value. */
  readonly nested: readonly string[];
  readonly line: number;
}

/** A `[profile NAME]` section. */
export interface ProfileSection {
  readonly name: string;
  readonly line: number;
  /** By key in lower case, in the order of the text. */
  readonly settings: ReadonlyMap<string, Setting>;
}

/** What is wrong with the text itself. */
export interface TextProblem {
  readonly line: number;
  /** The part of the line that is wrong. It can be anything, secrets among it, if the text is no such text at all. */
  readonly text: string;
  /** What is wrong with it, where that is not plain from `expected`. */
  readonly remark?: string;
  readonly expected: string;
}

/** A comma would make two names of one in `select-profiles`. */
const HEADER = /^\[\s*(?:profile\s+)?(["']?)([^[\]\s"'/\\#;=,]+)\1\s*\]$/;

/**
 * Every key that AWS knows is made of these. Anything else is a key to one reader and something different to another:
 * the AWS CLI and boto3 (Python's configparser) take `:` for `=`, so that `a: x = y` sets `a`.
 */
const KEY = /^[\w.-]+$/;

/** A character at which some readers end a line, a lone carriage return for instance, or that no value has. */
const CONTROL = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * Reads profiles in the syntax of the AWS shared config file (AWS SDKs and Tools Reference Guide, "Format of the config
 * file"), with line numbers, which the SDK's own reader drops. `[NAME]` without `profile` is taken as well.
 */
export function parseProfilesText(text: string): { sections: ProfileSection[]; problems: TextProblem[] } {
  const sections: (ProfileSection & { settings: Map<string, Setting & { nested: string[] }> })[] = [];
  const problems: TextProblem[] = [];
  const lineOfName = new Map<string, number>();
  let setting: { nested: string[] } | undefined;

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const section = sections.at(-1);
    const content = withoutComment(raw);
    if (content === '') continue;
    if (CONTROL.test(raw)) {
      problems.push({ line, text: content, expected: 'a line without control characters' });
      continue;
    }

    if (content.startsWith('[')) {
      setting = undefined;
      const name = HEADER.exec(content)?.[2];
      const taken = name === undefined ? undefined : lineOfName.get(name);
      if (name === undefined) {
        problems.push({
          line,
          text: content,
          expected: 'a header such as [profile deploy], the name without spaces, commas, slashes and quotes',
        });
      } else if (taken !== undefined) {
        problems.push({
          line,
          text: content,
          remark: `which line ${taken} has already`,
          expected: 'each profile once',
        });
      } else {
        lineOfName.set(name, line);
      }
      sections.push({ name: name ?? `in line ${line}`, line, settings: new Map() });
    } else if (/^\s/.test(raw) && setting !== undefined) {
      setting.nested.push(raw);
    } else {
      const [key, value = ''] = keyAndValue(content) ?? [];
      const taken = key === undefined ? undefined : section?.settings.get(key.toLowerCase());
      if (key === undefined || section === undefined) {
        problems.push({
          line,
          text: content,
          expected: section ? 'key = value' : 'a header such as [profile deploy] first',
        });
      } else if (!KEY.test(key)) {
        problems.push({
          line,
          text: key,
          remark: 'which has other characters',
          expected: 'key = value, with a key of letters, digits, _, - and . only',
        });
      } else if (taken !== undefined) {
        problems.push({
          line,
          text: key,
          remark: `which line ${taken.line} has already`,
          expected: 'each key once',
        });
      } else {
        const entry = { value, nested: [], line };
        section.settings.set(key.toLowerCase(), entry);
        setting = entry;
      }
    }
  }
  return { sections, problems };
}

/** Both without the white space around them. Read by position, as a pattern would look at a long run of blanks again and again. */
function keyAndValue(content: string): readonly [key: string, value: string] | undefined {
  const at = content.indexOf('=');
  const value = content.slice(at + 1).trim();
  return at < 1 || /[\r\u2028\u2029]/.test(value) ? undefined : [content.slice(0, at).trimEnd(), value];
}

/** Comments are lines of their own, or stand behind white space; a `#` in a value does not begin one. */
function withoutComment(line: string): string {
  const text = line.trim();
  if (/^[#;]/.test(text)) return '';
  const at = text.search(/\s[#;]/);
  return at < 0 ? text : text.slice(0, at).trim();
}
