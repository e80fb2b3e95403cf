import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fill, renderAll, table } from '../../../scripts/docs.ts';

test('what is written from action.yml is what action.yml says', async () => {
  for (const [file, wanted] of Object.entries(await renderAll()))
    expect(readFileSync(file, 'utf8')).toBe(wanted);
});

test('a table keeps what Markdown would read as its own', () => {
  const rendered = table('input', { audience: { description: 'one | two\n  three' } });
  expect(rendered).toBe('| input | meaning |\n| --- | --- |\n| `audience` | one \\| two three |');
});

test('a page without markers is an error, not a page without table', () => {
  expect(() => fill('# page', 'inputs', 'table')).toThrow('markers for inputs');
});
