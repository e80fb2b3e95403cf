import { type ObjectExpression, parse } from '@swc/core';

/** A module in a file of webpack: the range of `ID:function`, and that of the function. */
export interface ModuleEntry {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly functionStart: number;
}

/** The objects of a file that have a function for each module ID, with the range of each function in `text`. */
export async function moduleTables(
  code: string,
): Promise<{ text: Buffer; tables: readonly ModuleEntry[][] }> {
  const program = await parse(code, { syntax: 'ecmascript', target: 'es2022' });
  const offset = program.span.start;
  return { text: Buffer.from(code), tables: tablesIn(program, offset) };
}

function tablesIn(node: unknown, offset: number): ModuleEntry[][] {
  if (typeof node !== 'object' || node === null) return [];
  const table = tableOf(node as Partial<ObjectExpression>, offset);
  return table === undefined ? Object.values(node).flatMap((part) => tablesIn(part, offset)) : [table];
}

function tableOf(
  { type, properties = [] }: Partial<ObjectExpression>,
  offset: number,
): ModuleEntry[] | undefined {
  if (type !== 'ObjectExpression') return undefined;
  const entries = properties.flatMap((property) => {
    if (property.type !== 'KeyValueProperty' || property.key.type !== 'NumericLiteral') return [];
    const { key, value } = property;
    if (value.type !== 'ArrowFunctionExpression' && value.type !== 'FunctionExpression') return [];
    const { start, end } = value.span;
    return [
      { id: key.value, start: key.span.start - offset, end: end - offset, functionStart: start - offset },
    ];
  });
  const others = properties.filter(({ type }) => type !== 'SpreadElement');
  return entries.length > 0 && entries.length === others.length ? entries : undefined;
}
