import { completeRole } from '../aws/arn.ts';
import { type InputText, inputText } from '../config/input-reader.ts';
import { masksInInputs } from '../config/masks.ts';
import { readConfig, readTimeout } from '../config/read-config.ts';
import { makePlan } from '../plan/make-plan.ts';
import { startDeadline } from '../platform/deadline.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { verdictOnEvent } from '../platform/runner/pull-request.ts';
import { connect, connectionSettings } from '../session/connect.ts';
import { hasAccounts, namedAccounts } from './accounts.ts';
import type { MatrixEntry } from './build-matrix.ts';
import { obtain, profileListOf } from './obtain.ts';
import { checkRoleChoice } from './role-choice.ts';

/**
 * The entries of a matrix for the accounts that AWS Organizations lists.
 *
 * @throws ActionError what `readConfig`, obtaining the caller's session, and `namedAccounts` throw
 */
export async function accountsOfMatrix(host: Host): Promise<readonly MatrixEntry[]> {
  const text = inputText(host.runner.input, host.env);
  for (const secret of masksInInputs(text)) host.runner.mask(secret);
  const deadline = startDeadline(readTimeout(text), host.clock, host.cancellation);
  try {
    const config = await configOf(text, host);
    const connection = connect(connectionSettings(config, host.env), host, host.runner, deadline);
    const list = await profileListOf(config, connection);
    const plan = makePlan(list, config);
    const context = { config, plan, connection, host };
    await checkRoleChoice(context);
    const outcomes = await obtain(context, new Map());
    const named = await namedAccounts(config, { list, plan, outcomes }, { connection, host, deadline });
    const { partition, region, accounts } = config;
    return named.map(({ profile, id }) => ({
      name: profile,
      account: id,
      region,
      role: completeRole(accounts.role, partition.id, id).arn,
    }));
  } finally {
    deadline.clear();
  }
}

async function configOf(text: InputText, host: Host) {
  const { env } = host;
  const job = jobFromEnvironment(env);
  const config = readConfig({ text, env, job, pullRequest: await verdictOnEvent(job, host) });
  if (!hasAccounts(config)) throw new TypeError('accounts-from is not given');
  return config;
}
