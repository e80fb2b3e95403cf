import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const page = readFileSync('docs/open-questions.md', 'utf8');
const workflow = readFileSync('.github/workflows/live.yml', 'utf8');
const { jobs } = parse(workflow) as { jobs: Record<string, unknown> };
const rows = [...page.matchAll(/^\| (.+\?) \| (.+) \| `([^`|]+)` \| `([^`|]+)` \|$/gm)].map(
  ([, question = '', answer = '', file = '', job = '']) => ({ question, answer, file, job }),
);
/** Jobs that only provide for another one. */
const PREPARING = ['masks'];

describe('docs/open-questions.md', () => {
  test('has a row of this form for each question', () => {
    const lines = page.split('\n').filter((line) => /^\| (?!question|---)/.test(line));
    expect(rows).toHaveLength(lines.length);
    expect(rows.length).toBeGreaterThan(15);
  });

  test.each(rows)(
    '$question has code that relies on the answer, and a job that checks it',
    ({ file, job }) => {
      expect(existsSync(file)).toBe(true);
      expect(Object.keys(jobs)).toContain(job);
    },
  );

  test('says what every job of live.yml is for', () => {
    const named = [...rows.map(({ job }) => job), ...PREPARING];
    expect(Object.keys(jobs).filter((job) => !named.includes(job))).toEqual([]);
  });
});

test('the job of the errors of STS looks for texts that the table of failures reads', () => {
  const table = readFileSync('src/sts/failure-table.ts', 'utf8');
  const expected = [...workflow.matchAll(/^ *expect (\w+) '([^']+)'/gm)].map(([, name, pattern]) => ({
    name: name ?? '',
    text: (pattern ?? '').replace(/^\[?A?a?\]?/, ''),
  }));
  expect(expected.length).toBeGreaterThan(5);
  expect(expected.filter(({ name }) => !table.includes(`'${name}'`))).toEqual([]);
});
