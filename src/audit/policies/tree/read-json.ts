import type { YamlEntry, YamlNode } from '../../yaml/read-yaml.ts';

/** Deeper than Terraform and CloudFormation nest; the reader recurses. */
const MAX_DEPTH = 500;

/** Why a text is not read, with the line where that shows. */
export interface NotRead {
  readonly line: number;
  readonly what: string;
}

/** Reads JSON and keeps the line of each value. */
export function readJson(text: string): YamlNode | NotRead {
  try {
    JSON.parse(text);
  } catch (error) {
    return { line: lineOfError(text, error), what: 'not valid JSON' };
  }
  try {
    return new Reader(text).value(0);
  } catch (error) {
    if (error instanceof RangeError) return { line: 1, what: `nested more than ${MAX_DEPTH} levels deep` };
    throw error;
  }
}

function lineOfError(text: string, error: unknown): number {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return text.slice(0, Number(position ?? 0)).split('\n').length;
}

const PRIMITIVE = /[^,\]}\s]+/y;

/** Reads text that is known to be valid JSON. */
class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): YamlNode {
    if (depth > MAX_DEPTH) throw new RangeError('nested too deeply');
    this.#skipSpace();
    const line = this.#line;
    switch (this.#text[this.#at]) {
      case '{':
        return { kind: 'map', line, entries: this.#list('}', () => this.#entry(depth)) };
      case '[':
        return { kind: 'list', line, items: this.#list(']', () => this.value(depth + 1)) };
      case '"':
        return { kind: 'scalar', line, value: this.#string() };
      default: {
        PRIMITIVE.lastIndex = this.#at;
        const [literal = 'null'] = PRIMITIVE.exec(this.#text) ?? [];
        this.#at += literal.length;
        return { kind: 'scalar', line, value: JSON.parse(literal) };
      }
    }
  }

  #list<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    this.#at++;
    for (this.#skipSpace(); this.#text[this.#at] !== close; this.#skipSpace()) {
      if (this.#text[this.#at] === ',') this.#at++;
      items.push(item());
    }
    this.#at++;
    return items;
  }

  #entry(depth: number): YamlEntry {
    this.#skipSpace();
    const line = this.#line;
    const key = this.#string();
    this.#skipSpace();
    this.#at++;
    return { key, line, value: this.value(depth + 1) };
  }

  #string(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  #skipSpace(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '\n') this.#line++;
      else if (character !== ' ' && character !== '\t' && character !== '\r') return;
      this.#at++;
    }
  }
}
