import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { HUB, MINIMAL, type TestJob, withJob } from '../support/harness.ts';
import { refreshFolder } from '../support/refresh.ts';

/** A line of the ledger was cut short, or is nothing that this action writes. `logout` does the rest. */
const ledgerOf = ({ job }: TestJob) => path.join(job.temp, 'assume-aws-roles', 'delivered.jsonl');

const BROKEN = [
  '{"variables":{"AWS_ACCESS_KEY_ID":"","AWS_SEC',
  'null',
  '42',
  '[]',
  '{"variables":null}',
  '{"variables":{"PATH":7}}',
  '{"variables":{},"profiles":{"id":"x","files":"/etc/passwd","made":[]}}',
  '{"variables":{},"refreshing":{}}',
  '\u0000\u0000\u0000',
];

/** Two steps deliver, with such a line between their entries in the ledger. */
async function deliverAround(line: string, context: TestJob): Promise<string> {
  const { uses } = context;
  await uses({ ...MINIMAL, 'role-to-assume': HUB, refresh: 'process', 'aws-profile': 'first' });
  const folder = await refreshFolder(context);
  await appendFile(ledgerOf(context), line);
  // The entry after half a line is not lost with it.
  await uses({ ...MINIMAL, 'aws-profile': 'second', 'output-env-credentials': 'true' });
  return folder;
}

test.each(BROKEN)('%j: a warning, and all else is logged out of', (line) =>
  withJob({}, async (context) => {
    const { job, uses } = context;
    const folder = await deliverAround(line, context);
    const step = await uses({}, { action: 'logout' });
    expect(step.exitCode).toBe(0);
    expect(step.commands.filter(({ command }) => command === 'warning')).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('1 line of the list of deliveries is not readable'),
      }),
    ]);
    expect(existsSync(folder)).toBe(false);
    expect(job.environment.AWS_ACCESS_KEY_ID).toBe('');
    const config = await readFile(path.join(job.home, '.aws/config'), 'utf8').catch(() => '');
    expect(config).not.toMatch(/first|second/);
  }),
);

test('a later step reads past half a line', () =>
  withJob({}, async (context) => {
    await context.uses({ ...MINIMAL, refresh: 'process' });
    const text = await readFile(ledgerOf(context), 'utf8');
    await writeFile(ledgerOf(context), text + text.slice(0, text.length / 2));
    const step = await context.uses(MINIMAL);
    expect(step.exitCode).toBe(0);
    // It knows that the first one exported AWS_PROFILE, which it takes over.
    expect(step.environment.AWS_PROFILE).toMatch(/^assume-aws-roles-/);
    await context.finish();
  }));
