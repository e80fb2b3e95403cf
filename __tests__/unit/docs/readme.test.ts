import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fill, renderReadme, table } from '../../../scripts/docs.ts';

test('the tables of README.md are what action.yml says', async () => {
  expect(readFileSync('README.md', 'utf8')).toBe(await renderReadme());
});

test('a table keeps what Markdown would read as its own', () => {
  const rendered = table('input', { audience: { description: 'one | two\n  three' } });
  expect(rendered).toBe('| input | meaning |\n| --- | --- |\n| `audience` | one \\| two three |');
});

test('a page without markers is an error, not a page without table', () => {
  expect(() => fill('# page', 'inputs', 'table')).toThrow('markers for inputs');
});
