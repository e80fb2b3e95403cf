import type { Session } from '../aws/session.ts';
import { textClaim } from '../identity/claims.ts';
import { ActionError } from '../platform/errors.ts';
import { subjectTemplate } from '../platform/runner/github-api.ts';
import { pullRequestIn } from '../platform/runner/github-event.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { traceOf } from '../platform/trace.ts';
import type { Obtained } from '../session/obtain-sessions.ts';
import type { Cause } from '../sts/cause.ts';
import { StsFailure } from '../sts/sts-failure.ts';
import { isCustomised } from '../trust/subject.ts';
import { callerOf, presentedClaims } from './callers.ts';
import { causesByFacts } from './causes/by-facts.ts';
import { causesByVerdict } from './causes/by-policy.ts';
import type { Denial } from './causes/denial.ts';
import { describeDiagnosis } from './describe-diagnosis.ts';
import { pageLink } from './describe-trust.ts';
import type { DiagnosisContext, Verdicts } from './diagnosis-context.ts';
import { issuerServer } from './issuer-server.ts';
import { statementForDenial } from './statement-for-run.ts';

/** The facts about a denial that the plan and STS's answer show. GitHub can add to them. */
type KnownDenial = Omit<Denial, 'subjectClaimKeys' | 'server'>;

/**
 * Explains every denial in the outcomes of a plan: writes a group into the log, and replaces the error with one that
 * names the likeliest cause. Other outcomes stay, and so do nodes that failed because of their source.
 */
export async function explainDenials(
  obtained: Obtained,
  verdicts: Verdicts,
  context: DiagnosisContext,
): Promise<Obtained> {
  const explained = new Map<Session | ActionError, ActionError>();
  for (const node of context.plan.nodes) {
    const outcome = obtained.get(node.id);
    if (!(outcome instanceof StsFailure) || explained.has(outcome)) continue;
    const { request } = node;
    // What a store without accounts checks is its own matter.
    if (!('role' in request) || request.role.accountId === '') continue;
    const { code, namedCause } = outcome;
    if (code !== 'STS_ACCESS_DENIED' && namedCause === undefined) continue;
    const claims = presentedClaims(node, context);
    const caller = claims === undefined ? await callerOf(node, context) : undefined;
    const known = { code, namedCause, request, claims, caller, verdict: verdicts.get(node.id) };
    explained.set(outcome, await explainDenial(known, outcome, context));
  }
  const outcomes = [...obtained].map(([id, outcome]) => [id, explained.get(outcome) ?? outcome] as const);
  return new Map(outcomes);
}

/**
 * Writes the diagnosis of one denial into the log: facts, causes and the statement that would allow the run.
 *
 * @returns the error with the likeliest cause and its remedy
 */
export async function explainDenial(
  known: KnownDenial,
  error: ActionError,
  context: DiagnosisContext,
): Promise<ActionError> {
  const { config, host } = context;
  const { subjectClaimKeys, remarks } = await factsFromGitHub(known, context);
  const issuer = textClaim(known.claims, 'iss');
  const server = issuer === '' ? undefined : issuerServer(issuer, host.env);
  const denial: Denial = { ...known, subjectClaimKeys, server };
  const causes = causesOf(denial);
  const statement = statementForDenial(denial);
  const endpoint = error instanceof StsFailure ? error.endpoint : undefined;
  const { claims, request } = denial;
  const link = claims === undefined ? undefined : pageLink(claims, request, context);
  const diagnosis = { denial, causes, statement, remarks, link, region: config.region, endpoint };
  host.runner.group(`Diagnosis: ${denial.request.role.arn}`, describeDiagnosis(diagnosis));
  return withLikeliestCause(error, causes, statement !== undefined);
}

/** What the event and GitHub's API add to a diagnosis. Without them the diagnosis is less precise. */
async function factsFromGitHub(
  { claims }: KnownDenial,
  { config, connection, host }: DiagnosisContext,
): Promise<{ subjectClaimKeys: readonly string[] | undefined; remarks: readonly string[] }> {
  const remarks: string[] = [];
  let subjectClaimKeys: readonly string[] | undefined;
  try {
    const pullRequest = pullRequestIn(await host.readJson(jobFromEnvironment(host.env).eventPath));
    if (pullRequest !== undefined)
      remarks.push(`Pull request from ${pullRequest.head} into ${pullRequest.base}`);
    if (claims !== undefined && isCustomised(claims)) {
      const { http } = connection;
      const template = await subjectTemplate({ env: host.env, http, token: config.gitHubToken });
      if ('keys' in template) subjectClaimKeys = template.keys;
      else remarks.push(`The subject's template could not be read: ${template.unreadable}`);
    }
  } catch (error) {
    host.runner.debug(traceOf(error));
  }
  return { subjectClaimKeys, remarks };
}

function withLikeliestCause(
  error: ActionError,
  causes: readonly Cause[],
  hasStatement: boolean,
): ActionError {
  const [likeliest] = causes;
  if (likeliest === undefined) return error;
  const contents = [
    causes.length > 1 ? 'the other causes' : 'the details',
    ...(hasStatement ? ['a trust policy statement for this run'] : []),
  ].join(' and ');
  const { problem, found, expected, cause } = error.details;
  return new ActionError(error.code, {
    problem,
    found,
    expected,
    likely: likeliest.why,
    remedy: `${likeliest.check} The group "Diagnosis" in the log has ${contents}.`,
    cause,
  });
}

/** The causes that fit a denial, the most likely first. Not empty for a denial with a named cause. */
function causesOf(denial: Denial): readonly Cause[] {
  const { verdict } = denial;
  const byPolicy = verdict === undefined ? [] : causesByVerdict(verdict, denial);
  const all = [...byPolicy, ...causesByFacts(denial)];
  return all.filter((cause, index) => all.findIndex(({ id }) => id === cause.id) === index);
}
