import { readMatrixConfig } from '../config/matrix-config.ts';
import { profilesSource } from '../config/profiles-source.ts';
import type { Host } from '../platform/host/host.ts';
import { jobFromEnvironment } from '../platform/runner/job.ts';
import { verdictOnEvent } from '../platform/runner/pull-request.ts';

/** The values of one job of a matrix. */
export interface MatrixEntry {
  /** The name of the profile. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** The ARN of the role. */
  readonly role: string;
}

/** The `matrix/` action: profiles as JSON for `strategy.matrix`. Sends requests only to list accounts. */
export async function buildMatrix(host: Host): Promise<void> {
  const { runner } = host;
  const include =
    runner.input('accounts-from').trim() === ''
      ? await entriesOfProfiles(host)
      : await (await import('./accounts-of-matrix.ts')).accountsOfMatrix(host);
  runner.setOutput('matrix', JSON.stringify({ include }));
  runner.setOutput('names', JSON.stringify(include.map(({ name }) => name)));
  runner.info(
    `${include.length} profiles: ${include.map(({ name, account }) => `${name} (${account})`).join(', ')}`,
  );
}

async function entriesOfProfiles(host: Host): Promise<readonly MatrixEntry[]> {
  const { runner, env } = host;
  const job = jobFromEnvironment(env);
  const source = await profilesSource(runner.input, job.workspace);
  const { isForPullRequest } = await verdictOnEvent(job, host);
  const { profiles, region: fallback } = readMatrixConfig(runner.input, isForPullRequest, source);
  return profiles.map(({ name, role, region }) => ({
    name,
    account: role.accountId,
    region: region ?? fallback,
    role: role.arn,
  }));
}
