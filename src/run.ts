import type { Config } from './config/config.ts';
import { inputText } from './config/input-text.ts';
import { masksInInputs } from './config/masks.ts';
import { readConfig } from './config/read-config.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { deliver } from './delivery/deliver.ts';
import { describeClaims } from './diagnosis/presented-claims.ts';
import { type ActionError, asActionError } from './errors.ts';
import { assertAccountAllowed } from './guard/allowed-accounts.ts';
import { assertLifeRemains } from './guard/remaining-life.ts';
import type { Host } from './host.ts';
import { createIdentity } from './identity/create-identity.ts';
import type { Identity } from './identity/identity.ts';
import { describePlan } from './plan/describe-plan.ts';
import type { Plan } from './plan/plan.ts';
import { planFromInputs, remarksOnPlan } from './plan/plan-from-inputs.ts';
import { resolveRoles } from './plan/resolve-roles.ts';
import { type AgentsFor, agentPool } from './proxy/agents.ts';
import { proxySecrets, proxySettings } from './proxy/proxy-settings.ts';
import { jobFromEnvironment } from './runner/job.ts';
import { existingSession } from './session/existing-session.ts';
import { obtainSessions } from './session/obtain-sessions.ts';
import type { Session } from './session/session.ts';
import type { Sts } from './sts/sts.ts';

/**
 * The main step: inputs → config → plan → sessions → guards → delivery. Never throws; a failure lets the step fail
 * with a message for the reader of the log.
 */
export async function run(host: Host): Promise<void> {
  const { runner, env, clock } = host;
  let identity: Identity | undefined;
  let deadline: Deadline | undefined;
  try {
    const text = inputText(runner.input, env);
    for (const secret of masksInInputs(text)) runner.mask(secret);
    const job = jobFromEnvironment(env);
    const config = readConfig(text, job, env);

    const proxy = proxySettings(config.sts.proxy, env);
    for (const secret of proxy.proxy === undefined ? [] : proxySecrets(proxy.proxy)) runner.mask(secret);
    const agentsFor = agentPool(proxy);
    deadline = startDeadline(config.timeoutSeconds, clock);
    identity = createIdentity(config, host, job, deadline, agentsFor);
    const caller = identity;
    const sts = lazy(() => loadSts(config, host, deadline as Deadline, agentsFor));

    const whoami = async () => (await sts()).obtain({ operation: 'GetCallerIdentity' }, caller);
    const roles = await resolveRoles(
      config.roles,
      config.partition.id,
      async () => (await whoami()).accountId,
    );
    const plan = planFromInputs(config, roles);
    for (const remark of remarksOnPlan(config, plan)) runner.warning(remark);
    if (config.dryRun) return await describeRun(plan, identity, host);

    if (config.useExisting) {
      const found = await existingSession(config, roles, host, await sts());
      if (typeof found !== 'string') {
        await deliver(found, config, { credentials: false }, host);
        return runner.info(`The credentials that are there already are used: ${found.arn}.`);
      }
      runner.info(`The credentials that are there already are not used: ${found}`);
    }

    const sessions = await obtainSessions(plan, identity, sts());
    const session = sessions.get(plan.delivered);
    if (session === undefined) throw new TypeError('the plan delivers a session that it does not obtain');

    assertAccountAllowed(session, config.guards.allowedAccountIds);
    assertLifeRemains(session, config.guards.minimumRemainingSeconds, clock.now());
    await deliver(session, config, { credentials: !isAmbientItself(config, plan) }, host);
    runner.info(describeSession(session));
  } catch (error) {
    report(asActionError(error), identity, host);
  } finally {
    deadline?.clear();
  }
}

/** The SDK is most of what there is to load, so it comes while the identity's proof is on its way. */
async function loadSts(config: Config, host: Host, deadline: Deadline, agentsFor: AgentsFor): Promise<Sts> {
  const { createSts, stsEndpoints } = await import('./sts/index.ts');
  return createSts({
    ...host,
    endpoints: stsEndpoints(config.region, config.sts, host.env),
    agentsFor,
    maxAttempts: config.maxAttempts,
    deadline,
    log: host.runner,
    mask: host.runner.mask,
    maskAccessKeyId: config.delivery.maskAccessKeyId,
    plainSecret: config.session.plainSecret,
  });
}

function lazy<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Later steps have the environment's own credentials already, and can renew them better than a copy. */
function isAmbientItself({ identity }: Config, { nodes }: Plan): boolean {
  return (
    identity.kind === 'ambient' && nodes.every(({ request }) => request.operation === 'GetCallerIdentity')
  );
}

async function describeRun(plan: Plan, identity: Identity, { runner }: Host): Promise<void> {
  runner.group('Dry run: the plan, of which nothing was asked of AWS', describePlan(plan));
  if (identity.kind !== 'web-identity') return;
  const { claims } = await identity.token();
  runner.group('Dry run: the claims that would be presented', describeClaims(claims));
}

function describeSession({ arn, requestId, credentials: { expiration } }: Session): string {
  const until = expiration === undefined ? '' : ` until ${expiration.toISOString()}`;
  return `Authenticated as ${arn}${until} (request ${requestId}).`;
}

function report(error: ActionError, identity: Identity | undefined, { runner }: Host): void {
  const claims = identity?.kind === 'web-identity' ? identity.presented() : undefined;
  if (error.code.startsWith('STS_') && claims !== undefined) {
    runner.group('The claims that were presented', describeClaims(claims));
  }
  if (error.cause instanceof Error) runner.debug(error.cause.stack ?? error.cause.message);
  runner.fail(error.message);
}
