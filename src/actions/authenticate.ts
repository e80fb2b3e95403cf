import type { Config } from '../config/config.ts';
import { InputReader, type InputText, inputText } from '../config/input-reader.ts';
import { masksInInputs, masksInText } from '../config/masks.ts';
import { profilesSource } from '../config/profiles-source.ts';
import { readConfig, readTimeout } from '../config/read-config.ts';
import type { RunState } from '../delivery/receipt/receipt.ts';
import type { DiagnosisContext, Verdicts } from '../diagnosis/diagnosis-context.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { profileList } from '../plan/profile-list.ts';
import { type Deadline, startDeadline } from '../platform/deadline.ts';
import { ActionError, asActionError } from '../platform/errors.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { reportWarning } from '../platform/runner/report.ts';
import { type Connection, connect, connectionSettings } from '../session/connect.ts';
import { type Authenticated, deliveredSessions } from '../session/delivered-sessions.ts';
import { existingSession } from '../session/existing-session.ts';
import { assertGuards } from '../session/guards.ts';
import { type Obtained, obtainSessions } from '../session/obtain-sessions.ts';
import { reportProgress } from '../session/progress.ts';
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

async function configOf(text: InputText, { runner, env }: Host, readOwn?: ReadOwnInputs): Promise<Config> {
  const job = jobFromEnvironment(env);
  const profiles = await profilesSource(text, job.workspace);
  for (const secret of masksInText(text, profiles?.text)) runner.mask(secret);
  return readConfig({ text, env, job, profiles }, readOwn);
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
  const plan = await planOf(config, connection);
  progress.plan = plan;
  warnAboutPlan(config, plan, host);
  lap(`inputs and plan of ${plan.nodes.length} sessions`);

  const context = { plan, config, connection, host };
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
  const authenticated = await guarded(context, progress.outcomes);
  warnAboutRun(authenticated, host);
  host.cancellation.throwIfAborted();
  await (await loading)(authenticated, host);
  lap('delivery');
}

async function planOf(config: Config, { identityOf, sts }: Connection): Promise<Plan> {
  const callerAccount = async () => {
    const { obtain } = await sts();
    return (await obtain({ operation: 'GetCallerIdentity' }, identityOf(config.identity))).accountId;
  };
  return makePlan(await profileList(config, callerAccount), config);
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

/** Carries out the plan. The code that explains denials is loaded only when something failed. */
async function obtain(context: DiagnosisContext, verdicts: Verdicts): Promise<Obtained> {
  const { plan, connection, host } = context;
  const sts = connection.sts();
  const { onOutcome, stop } = reportProgress(plan.nodes.length, sts, host);
  const outcomes = await obtainSessions(plan, connection.identityOf, sts, onOutcome).finally(stop);
  if (![...outcomes.values()].some((outcome) => outcome instanceof ActionError)) return outcomes;
  const { explainDenials } = await import('../diagnosis/explain-denials.ts');
  return explainDenials(outcomes, verdicts, context);
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
