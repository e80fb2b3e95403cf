/** The parts of the default session name. */
export interface JobFacts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly runId: string;
}

/** STS API Reference, AssumeRole, RoleSessionName. */
const MAX_LENGTH = 64;

/**
 * The default session name: repository and run ID, so that CloudTrail leads back to the job. If it would be too long, the
 * repository is truncated, never the run ID.
 */
export function defaultSessionName({ repository, runId }: JobFacts): string {
  const run = valid(runId);
  const room = MAX_LENGTH - run.length - 1;
  const name = valid(repository.replaceAll('/', '.')).slice(0, Math.max(0, room));
  const joined = [name, run].filter((part) => part !== '').join('-');
  return joined.length < 2 ? 'GitHubActions' : joined.slice(0, MAX_LENGTH);
}

function valid(text: string): string {
  return text.replaceAll(/[^\w+=,.@-]/g, '-');
}
