import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ERROR_CODES } from '../../../src/platform/errors.ts';

test('docs/troubleshooting.md has one heading for each error code, and none for others', () => {
  const page = readFileSync('docs/troubleshooting.md', 'utf8');
  const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, heading]) => heading);
  expect(headings.toSorted()).toEqual([...ERROR_CODES].toSorted());
});
