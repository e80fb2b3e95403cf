import type { Environment } from '../platform/environment.ts';
import { ActionError, type ErrorPart } from '../platform/errors.ts';
import { INPUTS, type Input, type InputName, type InputValue, inputEntries, isInputOf } from './inputs.ts';
import { boolean } from './text-parsers.ts';

/** What is wrong with an input, or with a variable of the environment that this action uses. */
export interface Problem {
  /** The name of the input, with the place in it if it is a long text; or the name of the variable. */
  readonly input: string;
  readonly isVariable?: true;
  readonly found: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Reads inputs by name and collects their problems, so that one error reports all of them. */
export class InputReader {
  readonly #text: InputText;
  readonly #values = new Map<InputName, unknown>();
  readonly #problems: Problem[] = [];

  constructor(text: InputText) {
    this.#text = text;
  }

  given(name: InputName): boolean {
    return this.#text(name).trim() !== '';
  }

  /** The value of an input; its default if it is not given, or is not valid and a problem was noted. */
  get<N extends InputName>(name: N): InputValue<N> {
    if (!this.#values.has(name)) this.#values.set(name, this.#read(name));
    return this.#values.get(name) as InputValue<N>;
  }

  required<N extends InputName>(
    name: N,
    missing: Pick<Problem, 'expected' | 'remedy'>,
  ): InputValue<N> | undefined {
    if (!this.given(name)) this.problem({ input: name, found: 'nothing', ...missing });
    return this.get(name);
  }

  /** Whether a problem of this input by itself was noted. Rules about several inputs assume that each is valid. */
  isInvalid(name: InputName): boolean {
    return this.#problems.some(({ input }) => input === name);
  }

  /**
   * Reads the inputs that no other stage needed, so that their problems are reported, too. A variable may be meant for
   * another program, so one that supplies an unused input is ignored.
   */
  readRest(): void {
    for (const [name] of inputEntries()) {
      if (isInputOf(name, 'main') && this.#text.variableFor?.(name) === undefined) this.get(name);
    }
  }

  problem(problem: Problem): void {
    this.#problems.push(problem);
  }

  /** @throws ActionError `INVALID_INPUT` with every noted problem, if there is one */
  assertNoProblems(): void {
    const parts = this.#problems.map((problem) => this.#describe(problem));
    const [first] = parts;
    if (first === undefined) return;
    if (parts.length === 1) throw new ActionError('INVALID_INPUT', first);
    throw new ActionError('INVALID_INPUT', {
      problem: `${parts.length} inputs are not valid.`,
      parts,
      remedy: 'Correct each of them. The action sent no request to GitHub or AWS.',
    });
  }

  #read(name: InputName): unknown {
    const { parse, default: fallback, mask }: Input = INPUTS[name];
    const text = this.#text(name).trim();
    if (text === '') return fallback;
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    const isSecret = mask === 'secret' || mask === 'access-key-id';
    const found = isSecret ? `${text.length} characters (not shown)` : (parsed.found ?? text);
    this.problem({ ...parsed, input: name, found });
    return fallback;
  }

  #describe({ input, isVariable, found, expected, remedy }: Problem): ErrorPart {
    const supplier = input in INPUTS ? this.#text.variableFor?.(input as InputName) : undefined;
    const from = supplier === undefined ? '' : ` (from the variable ${supplier})`;
    const subject = isVariable ? `variable ${input}` : `input ${input}${from}`;
    return { problem: `The ${subject} is not valid.`, found: quote(found), expected, remedy };
  }
}

const QUOTE_LENGTH = 120;

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text of an input on one line: invisible characters as escapes, long text truncated. */
export function quote(text: string): string {
  const line = text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => ESCAPES[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return line.length > QUOTE_LENGTH ? `${line.slice(0, QUOTE_LENGTH)}… (${text.length} characters)` : line;
}

export interface InputText {
  (name: InputName): string;
  readonly variableFor?: (name: InputName) => string | undefined;
}

/** Reads the inputs of the workflow and, where one is empty, the variable that supplies it. */
export function inputText(input: (name: string) => string, env: Environment): InputText {
  const translate = boolean(input('translate-env-variables').trim());
  if ('value' in translate && !translate.value) return input;
  const variableFor = (name: InputName) => {
    const variable = name.toUpperCase().replaceAll('-', '_');
    return !input(name) && (INPUTS[name] as Input).variable && env[variable] ? variable : undefined;
  };
  const read = (name: InputName) => {
    const variable = variableFor(name);
    return (variable && env[variable]) || input(name);
  };
  return Object.assign(read, { variableFor });
}
