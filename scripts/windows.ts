/**
 * `npm run windows`: tests the built programs with Node.js for Windows under Wine. Without Wine the tests are skipped.
 *
 *     npm run windows -- --install    installs Wine and Node.js where it can; exits with code 1 and the reason if it cannot
 */
import { spawnSync } from 'node:child_process';
import { runTests } from './tools.ts';
import { installWindows, WINDOWS } from './wine.ts';

const missing = installWindows();
if (process.argv.includes('--install')) {
  if (missing !== undefined) console.log(missing);
  process.exitCode = missing === undefined ? 0 : 1;
} else if (missing !== undefined) {
  console.log(`Skipped: ${missing}.`);
} else {
  try {
    runTests('__tests__/windows');
  } finally {
    spawnSync(WINDOWS.server, ['-k'], { env: WINDOWS.env });
  }
}
