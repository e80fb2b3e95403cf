import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { PICTURE, renderPicture } from '../../scripts/picture.ts';

test('docs/diagnosis.svg is what a denied step logs; if not, run "npm run picture"', async () => {
  expect(readFileSync(PICTURE, 'utf8')).toBe(await renderPicture());
});
