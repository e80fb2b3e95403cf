import { describe, expect, test } from '@jest/globals';
import { errorOf, MINIMAL, NO_TRACES, traces, withJob } from '../support/harness.ts';

/** What an error could say that no log may show, and a command that the runner must not read. */
const SECRET = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00';
const TEXT = `${SECRET}\n::set-output name=stolen::${SECRET}`;

/** Loads code into the built program that fails outside every handler, some time after its start. */
function failing(how: string): Record<string, string> {
  const code = `setTimeout(() => { ${how} }, 40);`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

const ERROR = `new Error(${JSON.stringify(TEXT)})`;
const ESCAPES = [
  ['an exception in a callback', `throw ${ERROR};`],
  ['a rejected promise', `Promise.reject(${ERROR});`],
  ['a thrown text', `throw ${JSON.stringify(TEXT)};`],
] as const;

describe.each(ESCAPES)('an error that escapes every handler: %s', (_what, how) => {
  test('fails the main step in its own words, and nothing is delivered', async () => {
    await withJob({ latencyMs: 400 }, async ({ uses, finish }) => {
      const step = await uses(MINIMAL, { env: failing(how) });
      expect(errorOf(step)).toMatch(
        /^The action failed with an unexpected error \((Error|string)\)\. \[INTERNAL\]/,
      );
      expect(traces(step)).toEqual(NO_TRACES);
      expect(step.stdout + step.stderr).not.toContain(SECRET);
      await finish();
    });
  });

  test('is a warning of the post step', async () => {
    await withJob({}, async ({ uses, finish }) => {
      await uses(MINIMAL);
      const [post] = await finish({ env: failing(how) });
      expect(post?.commands.find(({ command }) => command === 'warning')?.message).toContain('[INTERNAL]');
      expect(post?.environment.AWS_ACCESS_KEY_ID).toBe('');
      expect(`${post?.stdout}${post?.stderr}`).not.toContain(SECRET);
      expect(post?.exitCode).toBe(0);
    });
  });
});
