import type { Assumption, Facts, Gap, JobRun, SourceFile } from '../../src/audit/model/types.ts';
import { readWorkflows } from '../../src/audit/read-workflows.ts';
import type { Value } from '../../src/audit/texts/value.ts';
import { distinctBy } from '../../src/platform/distinct.ts';
import type { JobSetup } from '../../src/trust/job-setup.ts';
import { sourcesOf } from './workflow-files.ts';

/** A run of a job, and a role that its steps assume; undefined if no step is known to assume one. */
export interface Request {
  /** The same for the same request in another repository. */
  readonly id: string;
  readonly run: JobRun;
  readonly assumption: Assumption | undefined;
  /** The subject in the form that the page shows. */
  readonly subject: Value;
}

/** A job that requests credentials, or could. */
export interface RequestingJob {
  readonly name: string;
  /** The job of the called workflow that has the steps. */
  readonly called: JobRun['called'];
  readonly at: JobRun['at'];
  readonly requests: readonly Request[];
}

/** What the audit reads in workflow files. */
export interface WorkflowReading {
  readonly jobs: readonly RequestingJob[];
  readonly gaps: readonly Gap[];
}

/** Reads workflow files as the audit does: the jobs that assume a role or can get a token, and what was not read. */
export function readJobs(
  files: readonly SourceFile[],
  setup: JobSetup,
  defaultBranch: string,
): WorkflowReading {
  const { runs, gaps } = readWorkflows(sourcesOf(files), factsOf(setup, defaultBranch));
  const byJob = new Map<string, JobRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.workflow, run.job, run.called?.file, run.called?.job]);
    byJob.set(key, [...(byJob.get(key) ?? []), run]);
  }
  const jobs = [...byJob.values()].flatMap((ofJob) => {
    // Entries of a matrix can differ in what no claim says.
    const requests = distinctBy(requestsOf(ofJob, setup), ({ id, subject }) => `${id} ${subject.shown}`);
    const [first] = ofJob;
    if (first === undefined || requests.length === 0) return [];
    return [{ name: first.job, called: first.called, at: first.at, requests }];
  });
  return { jobs, gaps };
}

/** What workflow files do not contain. The form has it. */
function factsOf(setup: JobSetup, defaultBranch: string): Facts {
  const { owner, repository, ownerId, repositoryId, format, subjectKeys, issuer } = setup;
  const isOnGitHub = /^https:\/\/token\.actions\.(githubusercontent\.com|[^/]+\.ghe\.com)(\/|$)/.test(issuer);
  return {
    repository: `${owner || 'OWNER'}/${repository || 'NAME'}`,
    repositoryId: repositoryId || undefined,
    ownerId: ownerId || undefined,
    defaultBranch: defaultBranch || undefined,
    subjectClaims: format === 'text' || subjectKeys.length === 0 ? undefined : subjectKeys,
    server: isOnGitHub ? 'github.com' : 'ghes',
  };
}

function requestsOf(runs: readonly JobRun[], setup: JobSetup): Request[] {
  const requestOf = (run: JobRun, assumption?: Assumption): Request => ({
    id: idOf(run, assumption),
    run,
    assumption,
    subject: subjectOf(run, setup),
  });
  const requests = runs.flatMap((run) => run.assumptions.map((assumption) => requestOf(run, assumption)));
  if (requests.length > 0) return requests;
  const withToken = runs.filter(({ token }) => token.state === 'granted' || token.state === 'unknown');
  return withToken.map((run) => requestOf(run));
}

function idOf(run: JobRun, assumption: Assumption | undefined): string {
  const { workflow, job, called, event, ref, environment, token, hypotheses } = run;
  const texts = [ref, environment, assumption?.role, assumption?.audience].map((value) => value?.shown);
  const place = [workflow, job, called?.file, called?.job];
  return JSON.stringify([...place, event, token.state, hypotheses, ...texts]);
}

/** Whether subjects have IDs: as the form says or, where it has a subject as text, if it has the IDs. */
export function hasImmutableSubject(
  { claims }: JobRun,
  { format, ownerId, repositoryId }: JobSetup,
): boolean {
  if (claims.subject.immutable === undefined || format === 'names') return false;
  return format === 'immutable' || (ownerId !== '' && repositoryId !== '');
}

function subjectOf(run: JobRun, setup: JobSetup): Value {
  const { name, immutable } = run.claims.subject;
  return hasImmutableSubject(run, setup) ? (immutable ?? name) : name;
}
