import { providerOfServer } from '../../../../src/audit/evaluate/token-set.ts';
import { type Judged, judge } from '../../../../src/audit/verdicts/judge.ts';
import { jobsOf, type LabCheck } from './lab-check.ts';
import { factsOf, rolesOf, runsOf, type Scenario } from './scenario.ts';

/** The rows of a scenario with what they come from. */
export function judgedOf(scenario: Scenario): readonly Judged[] {
  const { server = 'https://github.com', formats = ['name'] } = scenario;
  return judge(runsOf(scenario).runs, rolesOf(scenario).roles, {
    provider: providerOfServer(server),
    formats,
  }).judged;
}

/** The trust policy that AWS would have for the role of a row. */
export function policyOf({ row, match }: Judged, scenario: Scenario): object {
  const file = match?.role.at.file ?? '';
  const own = file === '111111111111/deploy.json' ? scenario.policy : undefined;
  const policy = scenario.deployed?.[roleArn(row.role)] ?? own ?? scenario.policies?.[file];
  if (typeof policy !== 'object') throw new Error(`the scenario has no policy for ${row.role}`);
  return policy;
}

/** The trust policy of the statement that a denied row suggests, in the account of the scenarios; undefined without one. */
export function suggestedPolicy({ row }: Judged): object | undefined {
  const [, json] = /This statement would allow it: (\{.*\}\})/.exec(row.why) ?? [];
  if (json === undefined) return undefined;
  const statement: unknown = JSON.parse(json.replaceAll('ACCOUNT_ID', '111111111111'));
  return { Version: '2012-10-17', Statement: [statement] };
}

/** Issues the tokens that the jobs of a row would get, and presents them to the role of the row. */
export async function present(
  judged: Judged,
  scenario: Scenario,
  lab: LabCheck,
  policy = policyOf(judged, scenario),
): Promise<readonly boolean[]> {
  const { row, run } = judged;
  const { server = 'https://github.com' } = scenario;
  const workflow = run.claims.values.get('workflow');
  const claims = workflow?.kind === 'known' ? { workflow: workflow.text } : {};
  const answers: boolean[] = [];
  for (const job of jobsOf(row, run, factsOf(scenario), policy)) {
    const request = { server, role: roleArn(row.role), audience: row.audience, policy, claims };
    const answer = await lab.letsIn(job, request);
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

/** Roles whose account is unknown are in the account of the provider that policies of scenarios name. */
function roleArn(role: string): string {
  return role.replace('::*:', '::111111111111:');
}
