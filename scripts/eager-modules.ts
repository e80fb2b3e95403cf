import { type Expression, type ObjectExpression, parse } from '@swc/core';

/**
 * Encloses the functions of webpack's modules in parentheses, which tell V8 to compile a function with its file. Without
 * them, V8 reads each module twice: to find where it ends, and again when it runs. A chunk has only modules that run.
 *
 * @param code a minified file: a chunk, or the entry
 */
export async function withEagerModules(code: string): Promise<string> {
  const program = await parse(code, { syntax: 'ecmascript', target: 'es2022' });
  const text = Buffer.from(code);
  const offset = program.span.start;
  const pieces: (Buffer | string)[] = [];
  let written = 0;
  for (const { span } of moduleTables(program).flatMap(functionsIn)) {
    const [start, end] = [span.start - offset, span.end - offset];
    pieces.push(text.subarray(written, start), '(', text.subarray(start, end), ')');
    written = end;
  }
  return [...pieces, text.subarray(written)].map(String).join('');
}

/** The objects that have a function for each module ID. */
function moduleTables(node: unknown): ObjectExpression[] {
  if (typeof node !== 'object' || node === null) return [];
  if (isModuleTable(node)) return [node];
  return Object.values(node).flatMap(moduleTables);
}

function isModuleTable(node: object): node is ObjectExpression {
  const { type, properties } = node as Partial<ObjectExpression>;
  if (type !== 'ObjectExpression' || properties === undefined || properties.length === 0) return false;
  return properties.every(
    (property) =>
      property.type === 'KeyValueProperty' &&
      property.key.type === 'NumericLiteral' &&
      isFunction(property.value),
  );
}

function functionsIn({ properties }: ObjectExpression): (Expression & { span: Span })[] {
  return properties.flatMap((property) =>
    property.type === 'KeyValueProperty' ? [property.value as Expression & { span: Span }] : [],
  );
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function isFunction({ type }: Expression): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
}
