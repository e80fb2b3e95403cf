import { accountIdsIn } from '../config/masks.ts';
import type { Claims } from '../identity/claims.ts';
import type { PlanNode } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import { readWorkspaceFile } from '../platform/files/regular-file.ts';
import { parseTrustPolicy, type TrustPolicy } from '../trust/document.ts';
import { evaluateTrust, type Verdict } from '../trust/evaluate.ts';
import { questionOfToken, questionsOfAssumeRole } from '../trust/questions.ts';
import { describeRisk } from '../trust/risk.ts';
import { risksOf } from '../trust/risks.ts';
import { callerInPlan, tokenClaims } from './callers.ts';
import { describeVerdict } from './describe-diagnosis.ts';
import type { DiagnosisContext, Verdicts } from './diagnosis-context.ts';
import { explainDenial } from './explain-denials.ts';

/**
 * Evaluates the files in the input trust-policy without calling AWS: the policy of the first role against the token, those
 * of further roles against the role before. Warns about risks.
 *
 * @returns the verdicts, for the diagnosis of a later denial
 * @throws ActionError `TRUST_POLICY_UNREADABLE`, or `TRUST_POLICY_MISMATCH` when a policy does not allow this run
 */
export async function checkTrustPolicies(context: DiagnosisContext): Promise<Verdicts> {
  const { plan, config, host } = context;
  const verdicts = new Map<string, Verdict>();
  // With tag-oidc-session, the first role has two sessions.
  const others = config.session.tagsOidcSession ? 1 : 0;
  for (const [index, node] of plan.nodes.entries()) {
    const file = config.trustPolicies[Math.max(0, index - others)];
    if (file === undefined) break;
    const policy = await readTrustPolicy(file, context);
    const claims = await tokenClaims(node, context);
    for (const risk of risksOf(policy, claims)) host.runner.warning(`${file}, ${describeRisk(risk)}`);
    const verdict = verdictFor(node, policy, claims, context);
    if (verdict === undefined) continue;
    verdicts.set(node.id, verdict);
    if (verdict.decision === 'denied') throw await mismatch(file, node, verdict, { ...context, claims });
    host.runner.group(`Trust policy: ${file}`, describeVerdict(verdict));
  }
  return verdicts;
}

async function readTrustPolicy(file: string, { config, host }: DiagnosisContext): Promise<TrustPolicy> {
  const content = await readWorkspaceFile(host.env.GITHUB_WORKSPACE ?? '.', file);
  if ('text' in content && config.delivery.maskAccountId)
    accountIdsIn(content.text).forEach(host.runner.mask);
  const policy = 'text' in content ? parseTrustPolicy(content.text) : content;
  if ('statements' in policy) return policy;
  throw new ActionError('TRUST_POLICY_UNREADABLE', {
    problem: `${file} is not a valid trust policy (trust-policy).`,
    found: policy.unreadable,
    expected: 'the JSON of a trust policy, or the output of `aws iam get-role`',
    remedy: 'Check the path, relative to the workspace. Run actions/checkout before this step.',
  });
}

/** The verdict on a node's request. Of several questions, the first that is denied or undecided counts. */
function verdictFor(
  { request, source }: PlanNode,
  policy: TrustPolicy,
  claims: Claims | undefined,
  { plan }: DiagnosisContext,
): Verdict | undefined {
  if (claims !== undefined && 'role' in request)
    return evaluateTrust(policy, questionOfToken(request, claims));
  const caller = source.kind === 'node' ? callerInPlan(source.id, plan) : undefined;
  if (request.operation !== 'AssumeRole' || caller === undefined) return undefined;
  const verdicts = questionsOfAssumeRole(request, caller).map((question) => evaluateTrust(policy, question));
  return (
    verdicts.find(({ decision }) => decision === 'denied') ??
    verdicts.find(({ decision }) => decision === 'undecided') ??
    verdicts[0]
  );
}

async function mismatch(
  file: string,
  { request, source }: PlanNode,
  verdict: Verdict,
  context: DiagnosisContext & { readonly claims: Claims | undefined },
): Promise<ActionError> {
  const { claims, plan } = context;
  if (!('role' in request)) throw new TypeError('a trust policy belongs to a role');
  const sourceId = source.kind === 'node' ? source.id : undefined;
  const error = new ActionError('TRUST_POLICY_MISMATCH', {
    problem: `The trust policy in ${file} does not allow this run to assume ${request.role.arn} (trust-policy).`,
    found:
      claims === undefined ? `a request from the session of ${sourceId}` : `subject ${String(claims.sub)}`,
    expected: `a statement that allows ${verdict.question.action}`,
    remedy: 'Correct the policy.',
  });
  const caller = sourceId === undefined ? undefined : callerInPlan(sourceId, plan);
  const known = { code: error.code, namedCause: undefined, request, claims, caller, verdict };
  return explainDenial(known, error, context);
}
