import { afterAll, describe, expect, test } from '@jest/globals';
import { providerOfServer } from '../../../../src/audit/evaluate/token-set.ts';
import { type Judged, judge } from '../../../../src/audit/verdicts/judge.ts';
import { JOBS } from './jobs.ts';
import { jobsOf, LabCheck } from './lab-check.ts';
import { POLICIES } from './policies.ts';
import { factsOf, reportOf, rolesOf, runsOf, type Scenario, shortFindings, shortRows } from './scenario.ts';
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
};
/** Rows of scenarios whose inputs are all given. */
const given = { rows: 0, unknown: 0 };
const disagreements: string[] = [];

afterAll(async () => {
  await lab.close();
  console.log(
    `Audit and lab: ${counts.scenarios} scenarios, ${counts.rows} rows (${counts.allowed} allowed, ${counts.denied} denied, ${counts.depends} depends, ${counts['no-token']} no-token, ${counts.unknown} unknown); ${counts.tokens} tokens presented, ${disagreements.length} disagreements`,
  );
});

/** Presents the tokens that the jobs of a row would get to the role of the row, in the lab. */
async function agree(scenario: Scenario): Promise<void> {
  const { server = 'https://github.com', formats = ['name'] } = scenario;
  const { roles } = rolesOf(scenario);
  const { judged } = judge(runsOf(scenario).runs, roles, { provider: providerOfServer(server), formats });
  for (const one of judged) {
    const { verdict } = one.row;
    counts.rows++;
    counts[verdict]++;
    if (scenario.open === undefined) {
      given.rows++;
      if (verdict === 'unknown') given.unknown++;
    }
    if (verdict !== 'unknown' && verdict !== 'no-token') await present(one, scenario, server);
  }
}

async function present({ row, run, match }: Judged, scenario: Scenario, server: string): Promise<void> {
  const before = disagreements.length;
  const facts = factsOf(scenario);
  const role = row.role.replace('::*:', '::111111111111:');
  const file = match?.role.at.file ?? '';
  const policy =
    scenario.deployed?.[role] ??
    (file === '111111111111/deploy.json' ? scenario.policy : undefined) ??
    scenario.policies?.[file];
  if (typeof policy !== 'object') throw new Error(`no policy for ${role}`);
  const workflow = run.claims.values.get('workflow');
  const claims = workflow?.kind === 'known' ? { workflow: workflow.text } : {};
  const answers: boolean[] = [];
  for (const job of jobsOf(row, run, facts, policy)) {
    answers.push(await lab.letsIn(job, { server, role, audience: row.audience, policy, claims }));
    counts.tokens++;
  }
  const isMixed = answers.includes(true) && answers.includes(false);
  const agrees = {
    allowed: !answers.includes(false),
    denied: !answers.includes(true),
    depends: isMixed || /:actor"/.test(JSON.stringify(policy)),
  };
  if (answers.length === 0 || !agrees[row.verdict as keyof typeof agrees])
    disagreements.push(`${scenario.name}: ${row.verdict} ${row.subject}; the lab: ${answers.join()}`);
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
