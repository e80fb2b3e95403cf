import type { InputText } from '../config/input-reader.ts';
import { readCanary, readMatrixConfig } from '../config/matrix-config.ts';
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

/** GitHub Docs, "Running variations of jobs in a workflow". */
const MAX_JOBS = 256;

/** The `matrix/` action: profiles as JSON for `strategy.matrix`. Sends requests only to list accounts. */
export async function buildMatrix(host: Host): Promise<void> {
  const { runner } = host;
  const include =
    runner.input('accounts-from').trim() === ''
      ? await entriesOfProfiles(host)
      : await (await import('./accounts-of-matrix.ts')).accountsOfMatrix(host);
  const { canary, rest } = inWaves(include, runner.input);
  runner.setOutput('matrix', JSON.stringify({ include }));
  // A matrix without entries is an error, so these are for conditions.
  runner.setOutput('canary', canary.length === 0 ? '' : JSON.stringify({ include: canary }));
  runner.setOutput('rest', rest.length === 0 ? '' : JSON.stringify({ include: rest }));
  runner.setOutput('names', JSON.stringify(include.map(({ name }) => name)));
  if (include.length > MAX_JOBS) {
    runner.warning(
      `The matrix has ${include.length} entries, and GitHub starts at most ${MAX_JOBS} jobs of a matrix. Select fewer with select-profiles or account-filter, or obtain all sessions in one step.`,
    );
  }
  runner.info(
    `${include.length} profiles: ${include.map(({ name, account }) => `${name} (${account})`).join(', ')}`,
  );
}

/**
 * The entries that `canary` names, and the others.
 *
 * @throws ActionError `INVALID_INPUT` for names that are not listed
 */
function inWaves(entries: readonly MatrixEntry[], text: InputText) {
  const names = entries.map(({ name }) => name);
  const first = readCanary(text, names);
  return {
    canary: entries.filter(({ name }) => first.has(name)),
    rest: entries.filter(({ name }) => !first.has(name)),
  };
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
