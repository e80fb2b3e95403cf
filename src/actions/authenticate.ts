import { remarksOnRegions } from '../aws/regions.ts';
import type { Config } from '../config/config.ts';
import type { InputReader } from '../config/input-reader.ts';
import { inputText } from '../config/input-text.ts';
import { masksInInputs, masksInText } from '../config/masks.ts';
import { profilesText } from '../config/profiles-source.ts';
import { readConfig, readTimeout } from '../config/read-config.ts';
import { writeSummary } from '../delivery/summary.ts';
import type { DiagnosisContext, Verdicts } from '../diagnosis/diagnosis-context.ts';
import { describeClaims } from '../diagnosis/presented-claims.ts';
import { describePlan } from '../plan/describe-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { noticesOnPlan, planFromInputs, remarksOnPlan } from '../plan/plan-from-inputs.ts';
import { planFromProfiles } from '../plan/plan-from-profiles.ts';
import { resolveRoles } from '../plan/resolve-roles.ts';
import { type Deadline, startDeadline } from '../platform/deadline.ts';
import { ActionError, asActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { docsLink } from '../platform/runner/docs-link.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { reportWarning } from '../platform/runner/report.ts';
import { assertAccountAllowed } from '../session/allowed-accounts.ts';
import type { Authenticated } from '../session/authenticated.ts';
import { type Connection, connect, connectionSettings } from '../session/connect.ts';
import { existingSession } from '../session/existing-session.ts';
import { type NamedSession, namedSessions } from '../session/named-sessions.ts';
import { type Obtained, obtainSessions } from '../session/obtain-sessions.ts';
import { assertLifeRemains } from '../session/remaining-life.ts';

/**
 * The pipeline up to the guards: inputs → config → plan → sessions → guards, then `hand` for what comes after. Never
 * throws; a failure lets the step fail with a message for the reader of the log. Nothing is handed on in a dry run.
 *
 * @param readOwnInputs reads inputs that are none of a session's, before anybody is asked
 */
export async function authenticate(
  host: Host,
  hand: (authenticated: Authenticated, host: Host) => Promise<void>,
  readOwnInputs?: (inputs: InputReader) => void,
): Promise<void> {
  const { runner, env, clock } = host;
  let deadline: Deadline | undefined;
  const lap = stopwatch(host);
  let config: Config | undefined;
  let plan: Plan | undefined;
  let outcomes: Obtained | undefined;
  try {
    const text = inputText(runner.input, env);
    for (const secret of masksInInputs(text)) runner.mask(secret);
    const job = jobFromEnvironment(env);
    deadline = startDeadline(readTimeout(text), clock, host.cancellation);
    const profiles = await profilesText(text, job.workspace);
    for (const secret of masksInText(text, profiles?.text)) runner.mask(secret);
    config = readConfig(text, job, env, profiles, readOwnInputs);

    for (const remark of remarksOnRegions(config.region, otherRegions(config))) runner.warning(remark);
    const connection = connect(connectionSettings(config, env), host, runner, deadline);
    const { identityOf, sts } = connection;

    plan = await makePlan(config, host, connection);
    lap(`inputs and plan of ${plan.nodes.length} sessions`);
    const context = { plan, config, connection, host };
    const verdicts = await verdictsOf(context);
    if (config.dryRun) return await describeRun(plan, connection, host);

    if (config.useExisting) {
      const found = await existingSession(config, plan, host, await sts());
      if (typeof found !== 'string') {
        runner.info(`The credentials that are there already are used: ${found.session.arn}.`);
        return await hand({ config, plan, sessions: [found], ambient: true, failedNames: [] }, host);
      }
      runner.info(`The credentials that are there already are not used: ${found}`);
    }

    outcomes = await obtainSessions(plan, identityOf, sts(), config.maxParallel);
    lap('sessions');
    outcomes = await explained(outcomes, verdicts, context);
    const allowPartial = config.profiles?.allowPartial ?? false;
    const { sessions, failure, failedNames } = namedSessions(plan.delivered, outcomes, allowPartial);
    if (failure !== undefined) reportWarning(failure, host);

    const { now } = await sts();
    for (const { session } of sessions) {
      assertAccountAllowed(session, config.guards.allowedAccountIds);
      assertLifeRemains(session, config.guards.minimumRemainingSeconds, now());
    }
    const ambient = isAmbientItself(plan);
    if (ambient && config.roleMayBeMissing) warnOfMissingRole(sessions, host);
    if (config.warnOnPrivilegedTrigger) warnOfTrigger(job.eventName, host);
    host.cancellation.throwIfAborted();
    await hand({ config, plan, sessions, ambient, failedNames, outcomes }, host);
    lap('delivery');
  } catch (error) {
    const wanted = config?.delivery.summary ?? /^true$/i.test(runner.input('job-summary').trim());
    if (wanted) writeSummary({ config, plan, sessions: [], outcomes }, runner, asActionError(error));
    throw error;
  } finally {
    deadline?.clear();
  }
}

async function makePlan(config: Config, { runner }: Host, { identityOf, sts }: Connection): Promise<Plan> {
  if (config.profiles !== undefined) return planFromProfiles(config, config.profiles);
  const callerAccount = async () => {
    const { obtain } = await sts();
    return (await obtain({ operation: 'GetCallerIdentity' }, identityOf(config.identity))).accountId;
  };
  const plan = planFromInputs(config, await resolveRoles(config.roles, config.partition.id, callerAccount));
  for (const remark of remarksOnPlan(config, plan)) runner.warning(remark);
  for (const notice of noticesOnPlan(config, plan)) runner.info(notice);
  return plan;
}

function otherRegions({ profiles, sts }: Config): readonly string[] {
  const ofProfiles = profiles?.entries.flatMap(({ region }) => region ?? []) ?? [];
  return [...ofProfiles, ...(sts.fallbackRegions ?? [])];
}

/** Later steps have the environment's own credentials already, and can renew them better than a copy. */
function isAmbientItself({ nodes }: Plan): boolean {
  return nodes.every(
    ({ source, request }) =>
      request.operation === 'GetCallerIdentity' &&
      source.kind === 'identity' &&
      source.identity.kind === 'ambient',
  );
}

async function describeRun(plan: Plan, { identityOf }: Connection, { runner }: Host): Promise<void> {
  runner.group('Dry run: the plan, of which nothing was asked of AWS', describePlan(plan));
  const identities = plan.nodes.flatMap(({ source }) =>
    source.kind === 'identity' ? identityOf(source.identity) : [],
  );
  for (const identity of new Set(identities)) {
    if (identity.kind !== 'web-identity') continue;
    const { claims } = await identity.token();
    runner.group('Dry run: the claims that would be presented', describeClaims(claims));
  }
}

/** Tells in debug lines how long each part took. */
function stopwatch({ clock, runner }: Host): (part: string) => void {
  let last = clock.now();
  return (part) => {
    const now = clock.now();
    runner.debug(`${part}: ${now - last} ms`);
    last = now;
  };
}

/** Trust policies in the workspace are looked at only when there are any, and so is the code for that. */
async function verdictsOf(context: DiagnosisContext): Promise<Verdicts> {
  if (context.config.trustPolicies.length === 0) return new Map();
  const { checkTrustPolicies } = await import('../diagnosis/check-trust-policies.ts');
  return checkTrustPolicies(context);
}

async function explained(
  outcomes: Obtained,
  verdicts: Verdicts,
  context: DiagnosisContext,
): Promise<Obtained> {
  if (![...outcomes.values()].some((outcome) => outcome instanceof ActionError)) return outcomes;
  const { explainDenials } = await import('../diagnosis/explain-denials.ts');
  return explainDenials(outcomes, verdicts, context);
}

function warnOfMissingRole(sessions: readonly NamedSession[], { runner }: Host): void {
  const arns = sessions.map(({ session }) => session.arn).join(', ');
  runner.warning(
    `role-to-assume is empty, so later steps work with the credentials that the runner has already: ${arns}. If a role was meant, check that the variable or secret in role-to-assume is set for this job, its environment and its trigger; auth: ambient says that none is.`,
  );
}

/** Events whose jobs have the rights of the repository and, as a rule, work on what others wrote. */
const PRIVILEGED = ['pull_request_target', 'workflow_run'];

function warnOfTrigger(eventName: string, { runner, env }: Host): void {
  if (!PRIVILEGED.includes(eventName)) return;
  const page = docsLink('security.md#triggers', env) ?? 'docs/security.md#triggers';
  runner.warning(
    `This job was started by ${eventName} and is about to get AWS credentials; if it runs code or files of a pull request, their author gets them, too. See ${page}; warn-on-privileged-trigger: false silences this.`,
  );
}
