import { moduleTables } from './module-tables.ts';

/**
 * Encloses the functions of webpack's modules in parentheses, which tell V8 to compile a function with its file. Without
 * them, V8 reads each module twice: to find where it ends, and again when it runs. A chunk has only modules that run.
 *
 * @param code a minified file: a chunk, or the entry
 */
export async function withEagerModules(code: string): Promise<string> {
  const { text, tables } = await moduleTables(code);
  const pieces: string[] = [];
  let written = 0;
  for (const { functionStart, end } of tables.flat()) {
    pieces.push(
      text.toString('utf8', written, functionStart),
      '(',
      text.toString('utf8', functionStart, end),
      ')',
    );
    written = end;
  }
  return [...pieces, text.toString('utf8', written)].join('');
}
