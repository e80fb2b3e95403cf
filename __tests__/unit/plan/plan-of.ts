import type { Config } from '../../../src/config/config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import type { AssumeRoleRequest, Plan, SessionRequest } from '../../../src/plan/plan.ts';
import { profileList } from '../../../src/plan/profile-list.ts';
import { PUSH } from '../../support/events.ts';

export const KEYS = { 'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE', 'aws-secret-access-key': 'x'.repeat(40) };
export const roleIn = (account: string, name = 'deploy') => `arn:aws:iam::${account.repeat(12)}:role/${name}`;

/** The environment of a job that may request an OIDC token. */
const ENV = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer', GITHUB_REPOSITORY: 'octo-org/octo-app' };
const JOB = { repository: 'octo-org/octo-app', runId: '42' };

export function configOf(inputs: Record<string, string>): Config {
  const text = (name: string) => ({ 'aws-region': 'eu-west-1', ...inputs })[name] ?? '';
  const profiles =
    text('profiles') === '' ? undefined : ({ input: 'profiles', text: text('profiles') } as const);
  return readConfig({ text, job: JOB, env: ENV, profiles, pullRequest: PUSH });
}

/** The plan for inputs; the identity has the account 999999999999. */
export async function planOf(inputs: Record<string, string>): Promise<Plan> {
  const config = configOf(inputs);
  return makePlan(await profileList(config, async () => '9'.repeat(12)), config);
}

export const requestOf = (plan: Plan, id: string): SessionRequest | undefined =>
  plan.nodes.find((node) => node.id === id)?.request;

export function assumeRoleOf(plan: Plan, id: string): AssumeRoleRequest {
  const request = requestOf(plan, id);
  if (request?.operation !== 'AssumeRole') throw new Error(`${id} is not obtained by AssumeRole`);
  return request;
}

/** The keys of the tags that a session is requested with. */
export const tagKeysOf = (plan: Plan, id: string) => assumeRoleOf(plan, id).tags.map(({ key }) => key);
