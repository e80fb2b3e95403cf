import { eventRunsOf } from '../events/event-runs.ts';
import { situationsOfIf } from '../expressions/evaluate-node.ts';
import { callsStatusFunction, parseCondition } from '../expressions/parse.ts';
import { limited, type Situation, START, TooManyWays } from '../expressions/situation.ts';
import type { Facts } from '../model/types.ts';
import { textOf, valueAt } from '../yaml/yaml-node.ts';
import { calledFrames } from './called.ts';
import { type AuditState, type Frame, NO_MATRIX } from './frame.ts';
import { dispatchInputs } from './inputs.ts';
import { addRunsOfJob, surroundingsOf } from './job-runs.ts';
import type { Job, Workflow } from './workflow.ts';

/** Adds the runs of all jobs of a workflow that its own events start. */
export function addRunsOfWorkflow(workflow: Workflow, facts: Facts, audit: AuditState): void {
  for (const trigger of workflow.triggers) {
    const addGap = (gap: { line: number; what: string }) => audit.gaps.add({ file: workflow.file, ...gap });
    for (const run of eventRunsOf({ trigger, facts, addGap })) {
      const started = { facts, run, workflow: { file: workflow.file, name: workflow.name } };
      const inputs = dispatchInputs(trigger, facts);
      addRunsOfFrame({ audit, workflow, started, inputs, secrets: undefined, caller: undefined }, START);
    }
  }
}

/** Adds the runs of the jobs of a workflow that was started or called in a situation. */
function addRunsOfFrame(frame: Frame, situation: Situation): void {
  for (const job of frame.workflow.jobs) {
    try {
      for (const at of situationsOfJob(job, frame, situation, [])) {
        if (valueAt(job.node, 'uses') === undefined) addRunsOfJob(job, frame, at);
        else
          for (const called of calledFrames(job, frame, at)) addRunsOfFrame(called.value, called.situation);
      }
    } catch (error) {
      if (!(error instanceof TooManyWays)) throw error;
      const what = `the job ${job.id}: its conditions tell too many kinds of runs apart`;
      frame.audit.gaps.add({ file: frame.workflow.file, line: job.line, what });
    }
  }
}

/** The situations in which a job runs: those of the jobs that it needs, and of its own `if`. */
function situationsOfJob(
  job: Job,
  frame: Frame,
  situation: Situation,
  before: readonly string[],
): Situation[] {
  const { gaps } = frame.audit;
  const at = { file: frame.workflow.file, line: job.line };
  if (before.includes(job.id)) {
    gaps.add({ ...at, what: `the job ${job.id} needs itself` });
    return [];
  }
  let situations = [situation];
  if (!runsAnyway(job)) {
    for (const id of job.needs) {
      const needed = frame.workflow.jobs.find((candidate) => candidate.id === id);
      if (needed === undefined)
        gaps.add({ ...at, what: `the job ${job.id} needs ${id}, which is not there` });
      else situations = situations.flatMap((one) => situationsOfJob(needed, frame, one, [...before, job.id]));
    }
  }
  const around = surroundingsOf(frame, 'job-if', NO_MATRIX);
  const all = situations.flatMap((one) => situationsOfIf(valueAt(job.node, 'if'), around, one));
  return limited(all.map((one) => ({ situation: one, value: undefined }))).map((way) => way.situation);
}

/** Whether a job also runs after one that it needs was skipped (GitHub Docs, "Workflow syntax", "jobs.<job_id>.needs"). */
function runsAnyway(job: Job): boolean {
  const text = textOf(valueAt(job.node, 'if'));
  const condition = text === undefined ? undefined : parseCondition(text, 'job-if');
  if (condition === undefined || !('parts' in condition)) return false;
  return condition.parts.some((part) => typeof part !== 'string' && callsStatusFunction(part));
}
