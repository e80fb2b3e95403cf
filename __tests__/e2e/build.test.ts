import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

test('dist/ is what src/ builds', () => {
  const build = () => execFileSync(process.execPath, ['scripts/build.ts', '--check'], { stdio: 'pipe' });
  expect(build).not.toThrow();
}, 120_000);
