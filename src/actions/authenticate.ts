import type { Config } from '../config/config.ts';
import { InputReader, type InputText, inputText } from '../config/input-reader.ts';
import { masksInInputs, masksInText } from '../config/masks.ts';
import { profilesSource } from '../config/profiles-source.ts';
import { readConfig, readTimeout } from '../config/read-config.ts';
import type { RunState } from '../delivery/receipt/receipt.ts';
import type { DiagnosisContext, Verdicts } from '../diagnosis/diagnosis-context.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { ProfileList } from '../plan/profile-list.ts';
import { type Deadline, startDeadline } from '../platform/deadline.ts';
import { type ActionError, asActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { verdictOnEvent } from '../platform/runner/pull-request.ts';
import { reportWarning } from '../platform/runner/report.ts';
import { connect, connectionSettings } from '../session/connect.ts';
import { type Authenticated, deliveredSessions } from '../session/delivered-sessions.ts';
import { existingSession } from '../session/existing-session.ts';
import { assertGuards } from '../session/guards.ts';
import type { Obtained } from '../session/obtain-sessions.ts';
import { obtain, profileListOf } from './obtain.ts';
import { checkRoleChoice } from './role-choice.ts';
import { warnAboutPlan, warnAboutRegions, warnAboutRun } from './warnings.ts';

type Deliver = (authenticated: Authenticated, host: Host) => Promise<void>;

/** Loads code that is needed only once there are sessions. */
type LoadDeliver = () => Promise<Deliver>;

type ReadOwnInputs = (inputs: InputReader) => void;

/** A run as far as it has come, for the receipt of a step that fails. */
type Progress = { -readonly [Part in keyof RunState]: RunState[Part] };

/**
 * Obtains the sessions that the inputs ask for, and delivers them: inputs → config → plan → sessions → guards →
 * delivery. A dry run ends before the sessions.
 *
 * @param readOwnInputs reads the inputs that only one action has, so that their problems are reported with the others
 * @throws ActionError the failure of the step; nothing is left on the runner
 */
export async function authenticate(
  host: Host,
  loadDeliver: LoadDeliver,
  readOwnInputs?: ReadOwnInputs,
): Promise<void> {
  const text = inputText(host.runner.input, host.env);
  for (const secret of masksInInputs(text)) host.runner.mask(secret);
  const deadline = startDeadline(readTimeout(text), host.clock, host.cancellation);
  const progress: Progress = { sessions: [] };
  const lap = stopwatch(host);
  try {
    progress.config = await configOf(text, host, readOwnInputs);
    await run(progress.config, { host, deadline, progress, lap }, loadDeliver);
  } catch (error) {
    const isWanted = progress.config?.delivery.summary ?? new InputReader(text).get('job-summary');
    if (isWanted) await addReceipt(progress, host, asActionError(error));
    throw error;
  } finally {
    deadline.clear();
  }
}

/** Loads the code of the receipt only for a step that writes one. */
async function addReceipt(progress: Progress, host: Host, error?: ActionError): Promise<void> {
  const { writeReceipt } = await import('../delivery/receipt/write-receipt.ts');
  writeReceipt(progress, host, error);
}

async function configOf(text: InputText, host: Host, readOwn?: ReadOwnInputs): Promise<Config> {
  const { runner, env } = host;
  const job = jobFromEnvironment(env);
  const profiles = await profilesSource(text, job.workspace);
  for (const secret of masksInText(text, profiles?.text)) runner.mask(secret);
  return readConfig({ text, env, job, profiles, pullRequest: await verdictOnEvent(job, host) }, readOwn);
}

interface RunContext {
  readonly host: Host;
  readonly deadline: Deadline;
  readonly progress: Progress;
  readonly lap: (part: string) => void;
}

async function run(
  config: Config,
  { host, deadline, progress, lap }: RunContext,
  loadDeliver: LoadDeliver,
): Promise<void> {
  warnAboutRegions(config, host);
  const connection = connect(connectionSettings(config, host.env), host, host.runner, deadline);
  const list = await profileListOf(config, connection);
  const plan = makePlan(list, config);
  progress.plan = plan;
  const context = { plan, config, connection, host };
  await checkRoleChoice(context);
  warnAboutPlan(config, plan, host);
  lap(`inputs and plan of ${plan.nodes.length} sessions`);

  // The code that evaluates trust policies loads only for a run that has some.
  const verdicts: Verdicts =
    config.trustPolicies.length === 0
      ? new Map()
      : await (await import('../diagnosis/check-trust-policies.ts')).checkTrustPolicies(context);
  if (config.dryRun) {
    await (await import('./dry-run.ts')).describeRun(context);
    if (config.delivery.summary) await addReceipt(progress, host);
    return;
  }

  const existing = config.useExisting ? await findExisting(context) : undefined;
  if (existing !== undefined) return (await loadDeliver())(existing, host);

  const loading = connection.sts().then(loadDeliver);
  loading.catch(() => {}); // the same failure ends `obtain`
  progress.outcomes = await obtain(context, verdicts);
  lap('sessions');
  const last = await obtainForAccounts(context, list, { deadline, progress, lap });
  const authenticated = await guarded(last, progress.outcomes);
  warnAboutRun(authenticated, host);
  host.cancellation.throwIfAborted();
  await (await loading)(authenticated, host);
  lap('delivery');
}

/** Makes profiles of the accounts that the caller lists, if there are any to make, and obtains their sessions. */
async function obtainForAccounts(
  context: DiagnosisContext,
  list: ProfileList,
  { deadline, progress, lap }: Pick<RunContext, 'deadline' | 'progress' | 'lap'>,
): Promise<DiagnosisContext> {
  const { config, host, connection, plan } = context;
  if (config.accounts === undefined) return context;
  const { withProfilesOfAccounts } = await import('./accounts.ts');
  const caller = { list, plan, outcomes: progress.outcomes ?? new Map() };
  const complete = {
    ...(await withProfilesOfAccounts({ ...config, accounts: config.accounts }, caller, {
      connection,
      host,
      deadline,
    })),
    host,
  };
  Object.assign(progress, { config: complete.config, plan: complete.plan });
  lap(`accounts and plan of ${complete.plan.nodes.length} sessions`);
  progress.outcomes = await obtain(complete, new Map());
  lap('sessions of accounts');
  return complete;
}

/** The session that the environment has, if `use-existing-credentials` accepts it. */
async function findExisting({
  config,
  plan,
  connection,
  host,
}: DiagnosisContext): Promise<Authenticated | undefined> {
  const found = await existingSession(config, plan, host, await connection.sts());
  if (typeof found === 'string') {
    host.runner.info(`The existing credentials are not used: ${found}`);
    return undefined;
  }
  host.runner.info(`The existing credentials are used: ${found.session.arn}.`);
  return { config, plan, sessions: [found], ambient: true, failedNames: [] };
}

async function guarded(
  { config, plan, connection, host }: DiagnosisContext,
  outcomes: Obtained,
): Promise<Authenticated> {
  const allowPartial = config.profiles?.allowPartial ?? false;
  const { sessions, failure, failedNames } = deliveredSessions(plan.delivered, outcomes, allowPartial);
  if (failure !== undefined) reportWarning(failure, host);
  const { now } = await connection.sts();
  for (const { session } of sessions) assertGuards(session, config.guards, now());
  return { config, plan, sessions, ambient: isAmbient(plan), failedNames, outcomes };
}

/** Whether the plan only looks up the credentials of the environment, which later steps have anyway. */
function isAmbient({ nodes }: Plan): boolean {
  return nodes.every(
    ({ source, request }) =>
      request.operation === 'GetCallerIdentity' &&
      source.kind === 'identity' &&
      source.identity.kind === 'ambient',
  );
}

function stopwatch({ clock, runner }: Host): (part: string) => void {
  let last = clock.now();
  return (part) => {
    const now = clock.now();
    runner.debug(`${part}: ${now - last} ms`);
    last = now;
  };
}
