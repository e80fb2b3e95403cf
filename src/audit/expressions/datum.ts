import { data } from '@actions/expressions';
import { ANYTHING, type Language } from '../texts/language.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The value of an expression: data, or a text with unknown parts. */
export type Datum =
  | { readonly kind: 'data'; readonly data: Json }
  | { readonly kind: 'open'; readonly parts: readonly (string | Hole)[] };

/** An unknown part of a text. Holes of the same variable have the same value. */
export interface Hole {
  /** `secrets.ACCOUNT`, `github.ref_name` */
  readonly variable: string;
  /** The choices before any condition narrows them. */
  readonly domain: Domain;
}

export interface Domain {
  /** `varies`: each choice occurs in some run. `unknown`: only one of them is right. */
  readonly kind: 'varies' | 'unknown';
  readonly choices: readonly Choice[];
  /** Why the value is not known: a sentence without the full stop. */
  readonly reason: string;
}

/** One value, or all texts of a set. */
export type Choice =
  | { readonly data: Json }
  | { readonly language: Language /** For people. */; readonly shown: string };

export function dataOf(json: Json): Datum {
  return { kind: 'data', data: json };
}

export const NULL = dataOf(null);

export function openOf(variable: string, domain: Domain): Datum {
  const [only, ...others] = domain.choices;
  if (only !== undefined && 'data' in only && others.length === 0) return dataOf(only.data);
  return { kind: 'open', parts: [{ variable, domain }] };
}

/** GitHub's limit for an expression, in characters. Nested calls of `format` would exceed any other. */
export const MAX_TEXT = 21_000;

/** Concatenates data. GitHub writes objects and lists as their type. */
export function joined(pieces: readonly (string | Datum)[]): Datum {
  const parts = pieces.flatMap((piece) => {
    if (typeof piece === 'string') return [piece];
    return piece.kind === 'data' ? [textOfData(piece.data)] : piece.parts;
  });
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
  if (length > MAX_TEXT) return TOO_LONG;
  const merged: (string | Hole)[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  const [only = ''] = merged;
  if (merged.length < 2 && typeof only === 'string') return dataOf(only);
  return { kind: 'open', parts: merged };
}

const TOO_LONG = openOf('a long text', {
  kind: 'unknown',
  choices: [{ language: ANYTHING, shown: '…' }],
  reason: `the text is longer than ${MAX_TEXT} characters`,
});

export function holesOf(datum: Datum): readonly Hole[] {
  return datum.kind === 'data' ? [] : datum.parts.filter((part) => typeof part !== 'string');
}

/** Converts data to the types of GitHub's package. */
export function toExpressionData(json: Json): data.ExpressionData {
  if (json === null) return new data.Null();
  if (typeof json === 'string') return new data.StringData(json);
  if (typeof json === 'number') return new data.NumberData(json);
  if (typeof json === 'boolean') return new data.BooleanData(json);
  return JSON.parse(JSON.stringify(json), data.reviver);
}

export function fromExpressionData(found: data.ExpressionData): Json {
  return JSON.parse(JSON.stringify(found, data.replacer) ?? 'null');
}

export function textOfData(json: Json): string {
  return typeof json === 'string' ? json : toExpressionData(json).coerceString();
}

/** The member of an object or list; null when it does not exist. Names are compared without case. */
export function memberOf(json: Json, name: Json): Json {
  if (Array.isArray(json)) return (typeof name === 'number' ? json[name] : undefined) ?? null;
  if (typeof json !== 'object' || json === null || typeof name !== 'string') return null;
  const key = Object.keys(json).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? null : ((json as { readonly [key: string]: Json })[key] ?? null);
}
