import path from 'node:path';
import { ActionError } from './errors.ts';

/** Errors that are looked at, from the one that was thrown to what caused it. */
const MAX_DEPTH = 5;

/** A frame as V8 prints it; its place is the last part. */
const FRAME = /^ {4}at (?:.* \()?(?:file:\/\/|node:)?([^\s()]+):(\d+):(\d+)\)?$/;

/**
 * Where an error came from, for debug lines: names, codes and places. Messages are left out, as what the SDK or Node says
 * of an answer may quote it, and nobody has masked what is in it.
 */
export function traceOf(error: unknown): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && current !== undefined; depth++) {
    lines.push(`${depth === 0 ? '' : 'caused by '}${nameOfError(current)}`);
    if (!(current instanceof Error)) break;
    lines.push(...placesOf(current));
    current = current.cause;
  }
  return lines.join('\n');
}

/**
 * The name of an error that is not ours, with the system's code. Names can come from an answer (`Code` of STS's errors):
 * one that does not look like a name is left out. Letters alone, and fewer than forty, are no key and no token.
 */
export function nameOfError(error: unknown): string {
  if (error instanceof ActionError) return `${error.name} ${error.code}`;
  const { name, code } = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
  };
  const isName = typeof name === 'string' && /^(?=.*[a-z])[A-Za-z]{1,39}$/.test(name);
  const isCode = typeof code === 'string' && /^[A-Z][A-Z_]{1,60}$/.test(code);
  return `${isName ? name : 'unknown'}${isCode ? ` ${code}` : ''}`;
}

/** The frames, by file, line and column. What stands before them in a stack is the message, of one line or many. */
function placesOf({ message, stack = '' }: Error): string[] {
  const at = stack.indexOf(message);
  if (at < 0) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .flatMap((line) => {
      const [, file = '', row, column] = FRAME.exec(line) ?? [];
      const name = path.basename(file);
      return /^[\w.-]+$/.test(name) ? [`    at ${name}:${row}:${column}`] : [];
    });
}
