import { SESSION_NAME } from '../aws/limits.ts';

/** The facts of the job that the default session name is made from. */
export interface JobFacts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly runId: string;
}

/**
 * The session name when the input is empty: repository and run, so that CloudTrail leads to the job. A long repository
 * name is truncated, the run ID is not.
 */
export function defaultSessionName({ repository, runId }: JobFacts): string {
  const run = valid(runId);
  const room = SESSION_NAME.max - run.length - 1;
  const name = valid(repository.replaceAll('/', '.')).slice(0, Math.max(0, room));
  const joined = [name, run].filter((part) => part !== '').join('-');
  return joined.length < SESSION_NAME.min ? 'GitHubActions' : joined.slice(0, SESSION_NAME.max);
}

function valid(text: string): string {
  return text.replaceAll(/[^\w+=,.@-]/g, '-');
}
