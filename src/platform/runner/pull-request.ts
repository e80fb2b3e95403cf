import type { Job } from './job.ts';

/** Whether the run of a job is for a pull request, and the fact that shows it: a clause. */
export interface PullRequestVerdict {
  readonly eventName: string;
  readonly isForPullRequest: boolean;
  readonly why: string;
}

/**
 * Events of pull requests: they run the code of a pull request (`pull_request`, the reviews, `merge_group`), or are often
 * used to (`pull_request_target`).
 */
export function isPullRequestEvent(eventName: string): boolean {
  return eventName.startsWith('pull_request') || eventName === 'merge_group';
}

/** Events that a pull request or something else causes; only the payload shows which. */
export const EVENTS_WITH_OTHER_CAUSE = ['workflow_run', 'issue_comment'];

/**
 * Whether a run is for a pull request. A `workflow_run` is, if it follows a run for a pull request, as it works on the
 * results of that run; so is a comment on a pull request. Where the payload does not show it, the answer is yes.
 *
 * @param payload the parsed event file
 */
export function pullRequestVerdict(
  { eventName, ref }: Pick<Job, 'eventName' | 'ref'>,
  payload: unknown,
): PullRequestVerdict {
  const verdict = (isForPullRequest: boolean, why: string) => ({ eventName, isForPullRequest, why });
  if (isPullRequestEvent(eventName)) return verdict(true, `the event ${eventName} is of a pull request`);
  if (ref.startsWith('refs/pull/')) return verdict(true, `the ref ${ref} is of a pull request`);
  const { workflow_run: run, issue } = payload as { workflow_run?: CausingRun; issue?: Issue };
  if (eventName === 'workflow_run') {
    const cause = run?.event;
    if (typeof cause !== 'string')
      return verdict(true, 'the payload of workflow_run does not show the event of the first run');
    // A further workflow_run hides the event that started it all.
    const isOfPullRequest = isPullRequestEvent(cause) || EVENTS_WITH_OTHER_CAUSE.includes(cause);
    return verdict(isOfPullRequest, `this workflow_run follows a run for the event ${cause}`);
  }
  if (eventName === 'issue_comment') {
    if (issue === undefined) return verdict(true, 'the payload of issue_comment does not show the issue');
    const isOnPullRequest = issue.pull_request !== undefined;
    return verdict(isOnPullRequest, `the comment is on ${isOnPullRequest ? 'a pull request' : 'an issue'}`);
  }
  return verdict(false, `the event ${eventName} is not of a pull request`);
}

/** The verdict on the event of a job. The payload is read only where it decides. */
export async function verdictOnEvent(
  job: Pick<Job, 'eventName' | 'ref' | 'eventPath'>,
  { readJson }: { readonly readJson: (file: string) => Promise<unknown> },
): Promise<PullRequestVerdict> {
  const decides = EVENTS_WITH_OTHER_CAUSE.includes(job.eventName);
  return pullRequestVerdict(job, decides ? await readJson(job.eventPath) : {});
}

type CausingRun = { readonly event?: unknown };
type Issue = { readonly pull_request?: unknown };
