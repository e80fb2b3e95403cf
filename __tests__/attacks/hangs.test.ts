import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { LONG_TEXTS } from '../support/long-texts.ts';

const PROGRAM = path.resolve('__tests__/support/long-texts.ts');
/** What takes work in proportion to the text is done in a part of a second; what does not, takes minutes. */
const LIMIT_MS = 50_000;

/** In processes of their own, as one that hangs can only be ended from outside. */
test.each(Object.keys(LONG_TEXTS))(
  '%s: read in time',
  (name) => {
    const run = () =>
      execFileSync(process.execPath, ['--no-warnings', PROGRAM, name], { timeout: LIMIT_MS, stdio: 'pipe' });
    expect(run).not.toThrow();
  },
  LIMIT_MS + 10_000,
);
