import { readMatrixConfig } from '../config/matrix-config.ts';
import { profilesSource } from '../config/profiles-source.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { verdictOnEvent } from '../platform/runner/pull-request.ts';

/** The `matrix/` action: profiles as JSON for `strategy.matrix`. Sends no request. */
export async function buildMatrix(host: Host): Promise<void> {
  const { runner, env } = host;
  const job = jobFromEnvironment(env);
  const source = await profilesSource(runner.input, job.workspace);
  const { isForPullRequest } = await verdictOnEvent(job, host);
  const { profiles, region: fallback } = readMatrixConfig(runner.input, isForPullRequest, source);

  const include = profiles.map(({ name, role, region }) => ({
    name,
    account: role.accountId,
    region: region ?? fallback,
    role: role.arn,
  }));
  runner.setOutput('matrix', JSON.stringify({ include }));
  runner.setOutput('names', JSON.stringify(include.map(({ name }) => name)));
  runner.info(
    `${include.length} profiles: ${include.map(({ name, account }) => `${name} (${account})`).join(', ')}`,
  );
}
