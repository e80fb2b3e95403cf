import { completeRole, roleOfSession } from '../aws/arn.ts';
import type { Session } from '../aws/session.ts';
import type { Config } from '../config/config.ts';
import { type Claims, textClaim } from '../identity/claims.ts';
import type { Plan, PlanNode, RoleSessionRequest } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { gitHubEvent } from '../platform/runner/github-event.ts';
import { traceOf } from '../platform/trace.ts';
import type { Connection } from '../session/connect.ts';
import type { Obtained } from '../session/obtain-sessions.ts';
import { StsFailure } from '../sts/sts-failure.ts';
import type { Verdict } from '../trust/evaluate.ts';
import type { Caller } from '../trust/questions.ts';
import { isCustomised } from '../trust/subject.ts';
import { isExplained } from './causes/causes.ts';
import type { Denial } from './causes/denial.ts';
import { type Diagnosis, describeDiagnosis, diagnose } from './diagnose.ts';
import { issuerServer } from './issuer-server.ts';

/** What trust policies in the workspace say, by node. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/**
 * Explains every refusal among the outcomes of a plan: a group in the log for each, and in place of its error one that
 * names the likeliest cause. Other outcomes stay as they are, and so do nodes that failed with their source.
 */
export async function explainDenials(
  plan: Plan,
  obtained: Obtained,
  verdicts: Verdicts,
  config: Config,
  connection: Connection,
  host: Host,
): Promise<Obtained> {
  const explained = new Map<Session | ActionError, ActionError>();
  for (const node of plan.nodes) {
    const outcome = obtained.get(node.id);
    if (!(outcome instanceof StsFailure) || explained.has(outcome) || !isExplained(outcome)) continue;
    const { request } = node;
    if (!('role' in request)) continue;
    const claims = claimsPresented(node, connection);
    const denial = {
      code: outcome.code,
      namedCause: outcome.namedCause,
      request,
      claims,
      caller: claims === undefined ? await callerOf(node, plan, connection) : undefined,
      verdict: verdicts.get(node.id),
    };
    explained.set(outcome, await explain(denial, outcome, outcome.endpoint, config, connection, host));
  }
  const outcomes = [...obtained].map(([id, outcome]) => [id, explained.get(outcome) ?? outcome] as const);
  return new Map(outcomes);
}

/**
 * Writes the diagnosis of one denial into the log.
 *
 * @returns the error with the likeliest cause and what to check
 */
export async function explain(
  known: Omit<Denial, 'subjectClaimKeys'>,
  error: ActionError,
  endpoint: string | undefined,
  config: Config,
  { http }: Pick<Connection, 'http'>,
  { runner, env }: Host,
): Promise<ActionError> {
  const remarks: string[] = [];
  let subjectClaimKeys: readonly string[] | undefined;
  try {
    const event = await gitHubEvent(http);
    if (event.pullRequest !== undefined) {
      remarks.push(`Pull request from ${event.pullRequest.head} into ${event.pullRequest.base}`);
    }
    if (known.claims !== undefined && isCustomised(known.claims)) {
      const keys = await event.subjectClaimKeys(config.gitHubToken);
      if ('unreadable' in keys)
        remarks.push(`The template of subjects could not be read: ${keys.unreadable}`);
      else subjectClaimKeys = keys;
    }
  } catch (cause) {
    // What GitHub knows besides helps a diagnosis; without it there is one still.
    runner.debug(traceOf(cause));
  }
  const issuer = textClaim(known.claims, 'iss');
  const server = issuer === '' ? undefined : issuerServer(issuer, env);
  const denial: Denial = { ...known, subjectClaimKeys, server };
  const diagnosis = diagnose(denial);
  runner.group(
    `Diagnosis: ${denial.request.role.arn}`,
    describeDiagnosis(denial, diagnosis, { region: config.region, endpoint }, remarks),
  );
  const [likeliest] = diagnosis.causes;
  if (likeliest === undefined) return error;
  const { problem, found, expected, cause } = error.details;
  return new ActionError(error.code, {
    problem,
    found,
    expected,
    likely: likeliest.why,
    remedy: `${likeliest.check} The group "Diagnosis" in the log has ${contentsOf(diagnosis)}.`,
    cause,
  });
}

function contentsOf({ causes, statement }: Diagnosis): string {
  const parts = [
    causes.length > 1 ? 'the other causes' : 'the details',
    ...(statement === undefined ? [] : ['a trust policy statement for this run']),
  ];
  return parts.join(' and ');
}

function claimsPresented({ source, request }: PlanNode, { identityOf }: Connection): Claims | undefined {
  if (source.kind !== 'identity' || request.operation !== 'AssumeRoleWithWebIdentity') return undefined;
  const identity = identityOf(source.identity);
  return identity.kind === 'web-identity' ? identity.presented() : undefined;
}

/** Who asks for a node: a role of the plan, or whom STS takes the keys for. */
async function callerOf(
  node: PlanNode,
  plan: Plan,
  { identityOf, sts }: Connection,
): Promise<Caller | undefined> {
  const { source, request } = node;
  if (request.operation !== 'AssumeRole') return undefined;
  if (source.kind === 'node') return callerInPlan(source.id, plan);
  try {
    const { obtain } = await sts();
    const { arn, accountId } = await obtain({ operation: 'GetCallerIdentity' }, identityOf(source.identity));
    return callerFromArn(arn, accountId);
  } catch {
    return undefined;
  }
}

/** The role whose session asks for the nodes that come from node `id`. */
export function callerInPlan(id: string, { nodes }: Plan): Caller | undefined {
  const request = nodes.find((candidate) => candidate.id === id)?.request;
  if (request === undefined || !('role' in request)) return undefined;
  const { role } = request satisfies RoleSessionRequest;
  return {
    arn: role.arn,
    accountId: role.accountId,
    kind: 'role',
    sessionName: 'sessionName' in request ? request.sessionName : undefined,
    usedMfa: request.operation === 'AssumeRole' && request.mfa !== undefined,
  };
}

/** A session's ARN leaves out the path of its role, so a role with a path has to be completed by hand. */
function callerFromArn(arn: string, accountId: string): Caller {
  const found = roleOfSession(arn);
  if (found === undefined) return { arn, accountId, kind: 'user' };
  const role = completeRole({ path: '/', name: found.name }, found.partition, accountId);
  return { arn: role.arn, accountId, kind: 'role' };
}
