import { describe, expect, test } from '@jest/globals';
import { keysWithoutTag, sessionTags } from '../../../src/config/tags.ts';

/** The variables of tags about the job, by tag, the least useful tag first. */
const VARIABLES = {
  Job: 'GITHUB_JOB',
  RunId: 'GITHUB_RUN_ID',
  EventName: 'GITHUB_EVENT_NAME',
  BaseRef: 'GITHUB_BASE_REF',
  HeadRef: 'GITHUB_HEAD_REF',
  TriggeringActor: 'GITHUB_TRIGGERING_ACTOR',
  Action: 'GITHUB_ACTION',
  Commit: 'GITHUB_SHA',
  Actor: 'GITHUB_ACTOR',
  Branch: 'GITHUB_REF',
  Workflow: 'GITHUB_WORKFLOW',
  Repository: 'GITHUB_REPOSITORY',
};
const LESSER = ['Job', 'RunId', 'EventName', 'BaseRef', 'HeadRef', 'TriggeringActor'];
const OTHERS = ['GitHub', 'Action', 'Commit', 'Actor', 'Branch', 'Workflow', 'Repository'];
const ENV = Object.fromEntries(Object.entries(VARIABLES).map(([tag, variable]) => [variable, `of ${tag}`]));

const custom = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ key: `Custom${at}`, value: 'x', optional: false }));
const keysOf = (tags: readonly { key: string }[]) => tags.map(({ key }) => key);

describe('session tags', () => {
  test('are those about the job, the least useful first, and then the custom ones', () => {
    const tags = sessionTags(custom(1), ENV);
    expect(tags).toEqual([
      ...LESSER.map((key) => ({ key, value: `of ${key}`, optional: true, lesser: true })),
      { key: 'GitHub', value: 'Actions', optional: true },
      ...OTHERS.slice(1).map((key) => ({ key, value: `of ${key}`, optional: true })),
      { key: 'Custom0', value: 'x', optional: false },
    ]);
  });

  test('leave out those about the job without a value', () => {
    expect(keysOf(sessionTags([], { ...ENV, GITHUB_HEAD_REF: '', GITHUB_BASE_REF: undefined }))).toEqual(
      [...LESSER, ...OTHERS].filter((key) => key !== 'HeadRef' && key !== 'BaseRef'),
    );
  });

  test('can replace those about the job, whatever the letter case', () => {
    const tags = sessionTags([{ key: 'ACTOR', value: 'me', optional: false }], ENV);
    expect(keysOf(tags).filter((key) => /actor$/i.test(key))).toEqual(['TriggeringActor', 'ACTOR']);
  });

  test.each([
    [37, 13],
    [38, 12],
    [44, 6],
    [49, 1],
    [50, 0],
  ])('are at most 50: with %i custom ones, the %i most useful ones about the job', (count, own) => {
    const all = [...LESSER, ...OTHERS];
    expect(keysOf(sessionTags(custom(count), ENV))).toEqual([
      ...all.slice(all.length - own),
      ...keysOf(custom(count)),
    ]);
  });

  test('have at most 256 characters that tags allow, and no half of a pair', () => {
    const value = (text: string) =>
      sessionTags([], { GITHUB_REF: text }).find(({ key }) => key === 'Branch')?.value;
    expect(value('refs/heads/a#b(c)')).toBe('refs/heads/a_b_c_');
    expect(value('é 9_.:/=+-@')).toBe('é 9_.:/=+-@');
    expect(value('x'.repeat(257))).toBe('x'.repeat(256));
    // U+20000, a letter of two UTF-16 units.
    expect(value(`${'x'.repeat(255)}\u{20000}`)).toBe('x'.repeat(255));
    expect(value(`${'x'.repeat(254)}\u{20000}y`)).toBe(`${'x'.repeat(254)}\u{20000}`);
  });
});

test('a key without a tag is one about the job, which another event may have, or unknown', () => {
  const tags = sessionTags(custom(1), { GITHUB_REF: 'x' });
  expect(keysWithoutTag(['branch', 'CUSTOM0', 'headref', 'Repository', 'Team'], tags)).toEqual({
    ofJob: ['headref', 'Repository'],
    unknown: ['Team'],
  });
});
