import path from 'node:path';

const MAX_DEPTH = 5;

/** A stack frame as V8 prints it, with the location in its last part. */
const FRAME = /^ {4}at (?:async |.* \()?(?:file:\/\/|node:)?([^\s()]+):(\d+):(\d+)\)?$/;

/** The origin of an error for debug lines, without messages, which can quote a response with secrets. */
export function traceOf(error: unknown): string {
  const lines: string[] = [];
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && current !== undefined; depth++) {
    lines.push(`${depth === 0 ? '' : 'caused by '}${nameOfError(current)}`);
    if (!(current instanceof Error)) break;
    lines.push(...locationsOf(current));
    current = current.cause;
  }
  return lines.join('\n');
}

/**
 * The name of an error, with its code or that of the system. A name can come from a response (`Code` of an STS
 * error), so it is shown only in the form of a name: fewer than 40 letters are neither a key nor a token.
 */
export function nameOfError(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  const isName = typeof name === 'string' && /^(?=.*[a-z])[A-Za-z]{1,39}$/.test(name);
  const isCode = typeof code === 'string' && /^[A-Z][A-Z_]{1,60}$/.test(code);
  return `${isName ? name : 'unknown'}${isCode ? ` ${code}` : ''}`;
}

function locationsOf({ message, stack = '' }: Error): string[] {
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
