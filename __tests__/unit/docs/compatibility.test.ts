import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { renderCompatibility } from '../../../scripts/compatibility.ts';
import { CLIENTS, type Client } from '../../clients/clients.ts';

const PAGE =
  '<!-- clients:start -->\n<!-- clients:end -->\n<!-- exceptions:start -->\n<!-- exceptions:end -->\n';
const client = (name: string, cannot?: Client['cannot']) => ({ name, ...(cannot && { cannot }) }) as Client;
const rowsOf = (page: string) => page.split('\n').filter((line) => /^\| (one|two) /.test(line));

test('a row says what the tests saw', () => {
  const facts = [
    { client: 'two', version: '2.0', what: 'variables', works: true },
    { client: 'two', what: 'refresh: process', works: true },
    { client: 'one', what: 'broker', works: false },
  ];
  const page = renderCompatibility(PAGE, [client('two'), client('one', { broker: 'Use another.' })], facts);
  expect(rowsOf(page)).toEqual([
    '| one |  | not tested | not tested | not tested | not tested | fails | fails |',
    '| two | 2.0 | works | not tested | not tested | works | not tested | not tested |',
    '| one | `refresh: broker` | Use another. |',
  ]);
});

test('a client that did not run keeps its row', () => {
  const facts = [{ client: 'one', version: '1.0', what: 'profile', works: true }];
  const before = renderCompatibility(PAGE, [client('one'), client('two')], facts);
  expect(renderCompatibility(before, [client('one'), client('two')], [])).toBe(before);
});

test('docs/compatibility.md has every client, tested in every way', () => {
  const page = readFileSync('docs/compatibility.md', 'utf8');
  expect(renderCompatibility(page, CLIENTS, [])).toBe(page);
  expect(page).not.toContain('| not tested |');
});
