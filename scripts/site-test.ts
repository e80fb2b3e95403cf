/**
 * `npm run site:test`: builds the page, and tests it in headless Chromium. Without Chromium the tests are skipped.
 *
 *     npm run site:test -- --check    installs Chromium where it can; exits with code 1 and the reason if there is none
 */
import { installChromium } from './chromium.ts';
import { buildSite } from './site.ts';
import { runOrSkip, runTests } from './test-groups.ts';

const missing =
  installChromium() === undefined ? 'Chromium is missing, and this user cannot install it' : undefined;
await runOrSkip(missing, async () => {
  await buildSite();
  runTests('__tests__/site');
});
