/** What the default of the session name is made from. */
export interface JobFacts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly runId: string;
}

/** STS API Reference, AssumeRole, RoleSessionName. */
const MAX_LENGTH = 64;

/**
 * The session name where the user chose none: repository and run, so that CloudTrail leads back to the job.
 * Where it would be too long the repository is cut, never the run.
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
