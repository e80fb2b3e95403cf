import { accountIdsToMask } from './config/account-masks.ts';
import { readConfig } from './config/config.ts';
import { startDeadline } from './deadline.ts';
import { deliver } from './delivery/deliver.ts';
import { describeClaims } from './diagnosis/presented-claims.ts';
import { type ActionError, asActionError } from './errors.ts';
import { assertAccountAllowed } from './guard/allowed-accounts.ts';
import type { Host } from './host.ts';
import { gitHubOidcIdentity, type WebIdentity } from './identity/github-oidc.ts';
import { describePlan } from './plan/describe-plan.ts';
import { planFromInputs, remarksOnPlan } from './plan/plan-from-inputs.ts';
import { isForkPullRequest, jobFromEnvironment } from './runner/job.ts';
import { obtainSessions } from './session/obtain-sessions.ts';

/**
 * The main step: inputs → config → plan → sessions → guards → delivery. Never throws; a failure lets the step fail
 * with a message for the reader of the log.
 */
export async function run(host: Host): Promise<void> {
  const { runner, env } = host;
  let identity: WebIdentity | undefined;
  let stopDeadline = () => {};
  try {
    for (const accountId of accountIdsToMask(runner.input)) runner.mask(accountId);
    const job = jobFromEnvironment(env);
    const config = readConfig(runner.input, job);
    const plan = planFromInputs(config);
    for (const remark of remarksOnPlan(config)) runner.warning(remark);

    const deadline = startDeadline(config.timeoutSeconds, host.clock);
    stopDeadline = deadline.clear;
    const shared = { ...host, deadline, maxAttempts: config.maxAttempts, log: runner, mask: runner.mask };
    identity = gitHubOidcIdentity({
      ...shared,
      audience: config.identity.audience,
      isFork: async () => isForkPullRequest(await host.readJson(job.eventPath)),
    });

    if (config.dryRun) {
      const { claims } = await identity.token();
      runner.group('Dry run: the plan, of which nothing was asked of AWS', describePlan(plan));
      runner.group('Dry run: the claims that would be presented', describeClaims(claims));
      return;
    }

    const sts = import('./sts/index.ts').then(({ createSts, stsEndpoint }) =>
      createSts({
        ...shared,
        region: config.region,
        endpoint: stsEndpoint(config.region, config.stsEndpoint, env),
      }),
    );
    const sessions = await obtainSessions(plan, identity, sts);
    const session = sessions.get(plan.delivered);
    if (session === undefined) throw new TypeError('the plan delivers a session that it does not obtain');

    assertAccountAllowed(session, config.allowedAccountIds);
    deliver(session, config.region, config.delivery, env, runner);
    runner.info(
      `Assumed ${session.arn} until ${session.expiration.toISOString()} (request ${session.requestId}).`,
    );
  } catch (error) {
    report(asActionError(error), identity, host);
  } finally {
    stopDeadline();
  }
}

function report(error: ActionError, identity: WebIdentity | undefined, { runner }: Host): void {
  const claims = identity?.presented();
  if (error.code.startsWith('STS_') && claims !== undefined) {
    runner.group('The claims that were presented', describeClaims(claims));
  }
  if (error.cause instanceof Error) runner.debug(error.cause.stack ?? error.cause.message);
  runner.fail(error.message);
}
