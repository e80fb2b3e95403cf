import type { Config } from '../config/config.ts';
import { accountIdsIn } from '../config/masks.ts';
import type { Claims } from '../identity/claims.ts';
import type { Plan, PlanNode } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import { readWorkspaceFile } from '../platform/files/workspace-file.ts';
import type { Host } from '../platform/host/host.ts';
import type { Connection } from '../session/connect.ts';
import { parseTrustPolicy, type TrustPolicy } from '../trust/document.ts';
import { evaluateTrust, type Verdict } from '../trust/evaluate.ts';
import { questionOfToken, questionsOfHop } from '../trust/questions.ts';
import { risksOf } from '../trust/risks.ts';
import type { Denial } from './causes/denial.ts';
import { describeVerdict } from './diagnose.ts';
import { callerInPlan, explain, type Verdicts } from './explain.ts';

/**
 * Evaluates the trust policies in the workspace, that of the first role against the live token, those of further roles
 * against the role before. Asks nothing of AWS. Warns of trust that is too wide.
 *
 * @returns what each says, for a diagnosis when STS sees it otherwise
 * @throws ActionError `TRUST_POLICY_UNREADABLE`, or `TRUST_POLICY_MISMATCH` when one does not allow this run
 */
export async function checkTrustPolicies(
  plan: Plan,
  config: Config,
  connection: Connection,
  host: Host,
): Promise<Verdicts> {
  const verdicts = new Map<string, Verdict>();
  for (const [index, file] of config.trustPolicies.entries()) {
    const node = plan.nodes[index];
    if (node === undefined) break;
    const policy = await readTrustPolicy(file, config, host);
    const claims = await claimsFor(node, connection);
    const subject = claims === undefined ? undefined : String(claims.sub);
    for (const { statement, problem, remedy } of risksOf(policy, subject)) {
      host.runner.warning(`${file}, ${statement}: ${problem}. ${remedy}`);
    }
    const verdict = verdictFor(node, policy, claims, plan);
    if (verdict === undefined) continue;
    verdicts.set(node.id, verdict);
    if (verdict.decision === 'denied')
      throw await mismatch(node, file, verdict, claims, plan, config, connection, host);
    host.runner.group(`Trust policy: ${file}`, describeVerdict(verdict));
  }
  return verdicts;
}

/** The verdict on all that a node asks; the first that is not a clear yes, where there are several questions. */
function verdictFor(
  { request, source }: PlanNode,
  policy: TrustPolicy,
  claims: Claims | undefined,
  plan: Plan,
): Verdict | undefined {
  if (claims !== undefined && 'role' in request)
    return evaluateTrust(policy, questionOfToken(request, claims));
  const caller = source.kind === 'node' ? callerInPlan(source.id, plan) : undefined;
  if (request.operation !== 'AssumeRole' || caller === undefined) return undefined;
  const verdicts = questionsOfHop(request, caller).map((question) => evaluateTrust(policy, question));
  return (
    verdicts.find(({ decision }) => decision === 'denied') ??
    verdicts.find(({ decision }) => decision === 'undecided') ??
    verdicts[0]
  );
}

async function claimsFor({ source }: PlanNode, { identityOf }: Connection): Promise<Claims | undefined> {
  if (source.kind !== 'identity') return undefined;
  const identity = identityOf(source.identity);
  return identity.kind === 'web-identity' ? (await identity.token()).claims : undefined;
}

async function mismatch(
  { request, source }: PlanNode,
  file: string,
  verdict: Verdict,
  claims: Claims | undefined,
  plan: Plan,
  config: Config,
  connection: Connection,
  host: Host,
): Promise<ActionError> {
  if (!('role' in request)) throw new TypeError('a trust policy belongs to a role');
  const error = new ActionError('TRUST_POLICY_MISMATCH', {
    problem: `The trust policy in ${file} does not allow this run to assume ${request.role.arn} (trust-policy).`,
    found:
      claims === undefined
        ? `a hop from ${plan.nodes.find(({ id }) => source.kind === 'node' && id === source.id)?.id}`
        : `subject ${String(claims.sub)}`,
    expected: `a statement that allows ${verdict.question.action}`,
    remedy: 'Correct the policy.',
  });
  const denial: Omit<Denial, 'subjectClaimKeys'> = {
    code: error.code,
    hint: undefined,
    request,
    claims,
    caller: source.kind === 'node' ? callerInPlan(source.id, plan) : undefined,
    verdict,
  };
  return explain(denial, error, undefined, config, connection, host);
}

async function readTrustPolicy(
  file: string,
  { delivery }: Config,
  { env, runner }: Host,
): Promise<TrustPolicy> {
  const content = await readWorkspaceFile(env.GITHUB_WORKSPACE ?? '.', file);
  if ('text' in content && delivery.maskAccountId) accountIdsIn(content.text).forEach(runner.mask);
  const policy = 'text' in content ? parseTrustPolicy(content.text) : content.unreadable;
  if (typeof policy !== 'string') return policy;
  throw new ActionError('TRUST_POLICY_UNREADABLE', {
    problem: `The file ${file} is no trust policy (trust-policy).`,
    found: policy,
    expected: 'the JSON of a trust policy, or the answer of `aws iam get-role`',
    remedy: 'Check the path, relative to the workspace, and whether the step runs after actions/checkout.',
  });
}
