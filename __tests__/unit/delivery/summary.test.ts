import { describe, expect, test } from '@jest/globals';
import { writeSummary } from '../../../src/delivery/summary.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import type { Runner } from '../../../src/platform/runner/runner.ts';
import { configOf, FLAT, profileSession } from './sessions.ts';

/** The summary of a step with these sessions. */
function summaryOf(sessions: (typeof FLAT)[], error?: ActionError, inputs: Record<string, string> = {}) {
  let written = '';
  const runner = { summary: (markdown: string) => (written += markdown) } as unknown as Runner;
  writeSummary({ config: configOf(inputs), sessions }, runner, error);
  return written;
}

/** Names that a role or a profile can have, and other texts of STS. */
const MARKUP = 'a|b\\c<img src=x>`d`_e_*f*[g](h)\n# i';
const ESCAPED = 'a\\|b\\\\c\\<img src=x\\>\\`d\\`\\_e\\_\\*f\\*\\[g\\](h) # i';

describe('the summary has no markup of others', () => {
  test('in the cells of its table', () => {
    const { session } = FLAT;
    const profile = { name: MARKUP, settings: [] };
    const summary = summaryOf([
      { ...FLAT, profile, session: { ...session, arn: MARKUP, userId: MARKUP, requestId: MARKUP } },
    ]);
    const [, row = ''] = /^\| --- [| -]*\n(.*)$/m.exec(summary) ?? [];
    const cells = row.split(' | ').filter((cell) => cell.includes('img'));
    expect(cells.map((cell) => cell.replaceAll(/^\| | \|$/g, ''))).toEqual([
      ESCAPED,
      ESCAPED,
      ESCAPED,
      ESCAPED,
    ]);
  });

  test('in the texts of an error', () => {
    const parts = [{ problem: MARKUP, remedy: '' }];
    const summary = summaryOf(
      [],
      new ActionError('INVALID_INPUT', { problem: MARKUP, remedy: MARKUP, parts }),
    );
    expect(summary.split('\n')).toEqual(
      expect.arrayContaining([`**${ESCAPED}** \`INVALID_INPUT\``, `- ${ESCAPED}`, ESCAPED]),
    );
  });
});

test('account IDs are hidden with mask-aws-account-id', () => {
  const session = profileSession('a', 'eu-west-1');
  expect(summaryOf([session])).toContain('| 111111111111 |');
  expect(summaryOf([session], undefined, { 'mask-aws-account-id': 'true' })).toContain('| ************ |');
});
