import { afterAll, describe, expect, test } from '@jest/globals';
import { JOBS } from './jobs.ts';
import { LabCheck } from './lab-check.ts';
import { POLICIES } from './policies.ts';
import { judgedOf, policyOf, present, suggestedPolicy } from './present.ts';
import { reportOf, type Scenario, shortFindings, shortRows } from './scenario.ts';
import { TRIGGERS } from './triggers.ts';

const lab = new LabCheck();
const counts = {
  scenarios: 0,
  rows: 0,
  allowed: 0,
  denied: 0,
  depends: 0,
  'no-token': 0,
  unknown: 0,
  tokens: 0,
  suggestions: 0,
};
/** Rows of scenarios whose inputs are all given. */
const given = { rows: 0, unknown: 0 };
const disagreements: string[] = [];

afterAll(async () => {
  await lab.close();
  console.log(
    `Audit and lab: ${counts.scenarios} scenarios, ${counts.rows} rows (${counts.allowed} allowed, ${counts.denied} denied, ${counts.depends} depends, ${counts['no-token']} no-token, ${counts.unknown} unknown); ${counts.tokens} tokens presented, ${disagreements.length} disagreements; ${counts.suggestions} suggested statements let the job in`,
  );
});

/** Presents the tokens of all rows that say allowed, denied or depends. */
async function agree(scenario: Scenario): Promise<void> {
  const before = disagreements.length;
  for (const judged of judgedOf(scenario)) {
    const { verdict, subject } = judged.row;
    counts.rows++;
    counts[verdict]++;
    if (scenario.open === undefined) {
      given.rows++;
      if (verdict === 'unknown') given.unknown++;
    }
    if (verdict === 'unknown' || verdict === 'no-token') continue;
    const answers = await present(judged, scenario, lab);
    counts.tokens += answers.length;
    // The lab has one actor.
    const isOpen = /:actor"/.test(JSON.stringify(policyOf(judged, scenario)));
    const agrees = {
      allowed: !answers.includes(false),
      denied: !answers.includes(true),
      depends: isOpen || (answers.includes(true) && answers.includes(false)),
    }[verdict];
    const suggested = suggestedPolicy(judged);
    if (verdict === 'denied' && suggested !== undefined) {
      const suggestion = await present(judged, scenario, lab, suggested);
      counts.suggestions++;
      expect(suggestion).toEqual(suggestion.map(() => true));
    }
    if (answers.length === 0 || !agrees)
      disagreements.push(`${scenario.name}: ${verdict} ${subject}; the lab: ${answers.join()}`);
  }
  expect(disagreements.slice(before)).toEqual([]);
}

describe.each([
  ['triggers', TRIGGERS],
  ['jobs', JOBS],
  ['policies', POLICIES],
])('%s', (_group, scenarios) => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      const report = reportOf(scenario);
      expect({ rows: shortRows(report), findings: shortFindings(report) }).toEqual({
        rows: scenario.rows,
        findings: scenario.findings ?? [],
      });
      expect(report.gaps.map(({ what }) => what)).toEqual(
        (scenario.gaps ?? []).map((gap) => expect.stringMatching(gap)),
      );
      counts.scenarios++;
      await agree(scenario);
    },
  );
});

test('there are at least 80 scenarios', () => {
  expect(new Set([...TRIGGERS, ...JOBS, ...POLICIES].map(({ name }) => name)).size).toBeGreaterThanOrEqual(
    80,
  );
});

test('few rows are unknown where all inputs are given', () => {
  expect(given.rows).toBeGreaterThan(100);
  expect(given.unknown / given.rows).toBeLessThan(0.1);
});

test('the statement that a denied row suggests has a pattern for branches that differ', () => {
  const scenario = TRIGGERS.find(({ name }) => name === 'branches-ignore');
  if (scenario === undefined) throw new Error('the scenario has another name');
  expect(reportOf(scenario).rows[0]?.why).toContain(
    '"StringLike":{"token.actions.githubusercontent.com:sub":"repo:octo/app:ref:refs/heads/*"}',
  );
});
