import { ActionError } from '../platform/errors.ts';
import type { InputText } from './input-text.ts';
import type { Parser } from './parsers.ts';
import { quote } from './quote.ts';

interface Problem {
  readonly input: string;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Reads inputs one by one and collects what is wrong with them, so that all of it is reported at once. */
export class InputReader {
  readonly #text: InputText;
  readonly #problems: Problem[] = [];

  constructor(text: InputText) {
    this.#text = text;
  }

  given(name: string): boolean {
    return this.#text(name).trim() !== '';
  }

  /** The parsed input; undefined when it was not given, or when it is wrong and a problem was noted. */
  optional<T>(name: string, parser: Parser<T>): T | undefined {
    const text = this.#text(name).trim();
    if (text === '') return undefined;
    const parsed = parser(text);
    if ('value' in parsed) return parsed.value;
    this.problem({
      input: name,
      found: parsed.found ?? text,
      expected: parsed.expected,
      remedy: parsed.remedy,
    });
    return undefined;
  }

  withDefault<T>(name: string, parser: Parser<T>, fallback: T): T {
    return this.optional(name, parser) ?? fallback;
  }

  /** Notes a problem if the input was not given. */
  required<T>(name: string, parser: Parser<T>, missing: { expected: string; remedy: string }): T | undefined {
    if (!this.given(name)) this.problem({ input: name, found: 'nothing', ...missing });
    return this.optional(name, parser);
  }

  /** Notes a problem found by looking at several inputs together. */
  problem(problem: Problem): void {
    this.#problems.push(problem);
  }

  /** Throws `INVALID_INPUT` naming every problem noted; returns when there was none. */
  assertNoProblems(): void {
    if (this.#problems.length === 0) return;
    const parts = this.#problems.map(({ input, found, expected, remedy }) => ({
      problem: `The ${/^[A-Z_]+$/.test(input) ? 'variable' : 'input'} ${input} is not valid.`,
      found: quote(found),
      expected,
      remedy,
    }));
    const [first, ...others] = parts;
    throw new ActionError(
      'INVALID_INPUT',
      first !== undefined && others.length === 0
        ? first
        : {
            problem: `${parts.length} inputs are not valid.`,
            parts,
            remedy: 'Correct each of them; nothing was asked of GitHub or AWS yet.',
          },
    );
  }
}
