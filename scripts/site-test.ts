/**
 * `npm run site:test`: builds the page, and tests it in headless Chromium. Without Chromium the tests are skipped.
 *
 *     npm run site:test -- --install    installs Chromium where it can; exits with code 1 if there is none
 */
import { installChromium } from './chromium.ts';
import { buildSite } from './site.ts';
import { runTests } from './tools.ts';

const chromium = installChromium();
if (process.argv.includes('--install')) {
  process.exitCode = chromium === undefined ? 1 : 0;
} else if (chromium === undefined) {
  console.log('Skipped: Chromium is missing, and this user cannot install it.');
} else {
  await buildSite();
  runTests('__tests__/site');
}
