/**
 * `npm run windows`: tests the built programs with Node.js for Windows under Wine. Without Wine the tests are skipped.
 *
 *     npm run windows -- --check    installs Wine and Node.js where it can; exits with code 1 and the reason if it cannot
 */
import { spawnSync } from 'node:child_process';
import { runOrSkip, runTests } from './test-groups.ts';
import { installWindows, WINDOWS } from './wine.ts';

await runOrSkip(installWindows(), () => {
  try {
    runTests('__tests__/windows');
  } finally {
    spawnSync(WINDOWS.server, ['-k'], { env: WINDOWS.env });
  }
});
