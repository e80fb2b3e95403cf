import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fill, renderAll, table } from '../../../scripts/docs.ts';

test('every generated file is up to date', async () => {
  for (const [file, wanted] of Object.entries(await renderAll()))
    expect(readFileSync(file, 'utf8')).toBe(wanted);
});

test('a table escapes the syntax of Markdown', () => {
  const rendered = table('input', { audience: { description: 'one | two\n  three' } });
  expect(rendered).toBe('| input | meaning |\n| --- | --- |\n| `audience` | one \\| two three |');
});

test('a page without markers is an error, not a page without a table', () => {
  expect(() => fill('# page', 'inputs', 'table')).toThrow('markers for inputs');
});
