/**
 * The lines of an AWS shared config or credentials file (AWS SDKs and Tools Reference Guide, "Format of the config
 * file"), for reading as well as for editing: the `raw` texts of all lines join to the same bytes.
 */
export interface ConfigLine {
  readonly raw: string;
  readonly text: string;
  /** The line without its comment and the white space around it; empty for a blank line or a comment. */
  readonly content: string;
  /** `nested` is an indented line below a setting: a nested block, or the rest of a long value. */
  readonly kind: 'blank' | 'header' | 'setting' | 'nested';
  /** The name of the section that a header opens; undefined for other lines and for a header that is not valid. */
  readonly header: string | undefined;
}

/** Splits `text` into its lines. Only `\n` and `\r\n` end a line, as in most clients. */
export function linesOf(text: string): readonly ConfigLine[] {
  let inSetting = false;
  return (text.match(/[^\n]*\n|[^\n]+/g) ?? []).map((raw) => {
    const line = raw.replace(/\r?\n/, '');
    const content = withoutComment(line);
    const kind = kindOf(line, content, inSetting);
    if (kind !== 'blank') inSetting = kind !== 'header';
    return { raw, text: line, content, kind, header: kind === 'header' ? sectionName(content) : undefined };
  });
}

function kindOf(text: string, content: string, inSetting: boolean): ConfigLine['kind'] {
  if (content === '') return 'blank';
  if (content.startsWith('[')) return 'header';
  return inSetting && /^\s/.test(text) ? 'nested' : 'setting';
}

/** A comment is a line of its own or follows white space; a `#` inside a value does not begin one. */
function withoutComment(line: string): string {
  const text = line.trim();
  if (/^[#;]/.test(text)) return '';
  return text.replace(/\s[#;].*/s, '').trimEnd();
}

/** The name of a section in the spelling that SDKs compare: `[ profile  "x" ]` is `profile x`. */
function sectionName(content: string): string | undefined {
  if (!content.endsWith(']')) return undefined;
  return content
    .slice(1, -1)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^(\S+) (["'])(.*)\2$/, '$1 $3');
}
