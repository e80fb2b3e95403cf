import type { DiagnosisContext } from '../diagnosis/diagnosis-context.ts';
import { textClaim } from '../identity/claims.ts';
import { targetOf } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';

/**
 * Says which roles the run gets and why, if that depends on its event. The OIDC token must confirm an event that gets the
 * other roles than those for pull requests: GitHub signs its claim, and no step of the job can change it.
 *
 * @throws ActionError `EVENT_MISMATCH`, or what the identity throws
 */
export async function checkRoleChoice({ config, plan, connection, host }: DiagnosisContext): Promise<void> {
  const { roleChoice: choice } = config;
  if (choice === undefined) return;
  const isOf = config.profiles === undefined ? INPUTS : SETTINGS;
  const chosen = choice.isForPullRequest ? isOf.forPullRequests : isOf.others;
  const targets = new Set(plan.nodes.map(({ request }) => targetOf(request)));
  host.runner.info(`Using ${chosen} (${[...targets].join(', ')}): ${choice.why}.`);
  if (choice.isForPullRequest) return;
  const ofToken = plan.nodes.find(
    ({ source }) => source.kind === 'identity' && source.identity.kind === 'github-oidc',
  );
  if (ofToken?.source.kind !== 'identity') return;
  const identity = connection.identityOf(ofToken.source.identity);
  if (identity.kind !== 'web-identity') return;
  // The SDK loads meanwhile; a failure shows where it is used.
  connection.sts().catch(() => {});
  const claimed = textClaim((await identity.token()).claims, 'event_name');
  if (claimed === '' || claimed === choice.eventName) return;
  throw new ActionError('EVENT_MISMATCH', {
    problem: 'The event of the job is not the event in its OIDC token (event_name).',
    found: `${choice.eventName || 'no event'} in GITHUB_EVENT_NAME, and ${claimed} in the token`,
    expected: 'the same event, as it decides between the roles for pull requests and the others',
    remedy: `Look for a program that changes GITHUB_EVENT_NAME before the action starts. The action assumed no role.`,
  });
}

const INPUTS = { forPullRequests: 'role-for-pull-requests', others: 'role-to-assume' };
const SETTINGS = { forPullRequests: 'role_arn_for_pull_requests where a profile has it', others: 'role_arn' };
