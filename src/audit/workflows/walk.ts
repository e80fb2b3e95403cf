import { eventRunsOf } from '../events/event-runs.ts';
import { situationsOfIf } from '../expressions/evaluate-node.ts';
import { callsStatusFunction, parseCondition } from '../expressions/parse.ts';
import { limited, type Situation, START, TooManyWays } from '../expressions/situation.ts';
import type { Facts } from '../model/types.ts';
import { textOf, valueAt } from '../yaml/yaml-node.ts';
import { calledFrames } from './called.ts';
import { type AuditState, type Frame, MAX_FRAMES, NO_MATRIX } from './frame.ts';
import { dispatchInputs } from './inputs.ts';
import { addRunsOfJob, surroundingsOf } from './job-runs.ts';
import type { Job, Workflow } from './workflow.ts';

/** Adds the runs of all jobs for all events of a workflow. */
export function addRunsOfWorkflow(workflow: Workflow, facts: Facts, audit: AuditState): void {
  for (const trigger of workflow.triggers) {
    const addGap = (gap: { line: number; what: string }) => audit.gaps.add({ file: workflow.file, ...gap });
    for (const run of eventRunsOf({ trigger, facts, addGap })) {
      const inputs = dispatchInputs(trigger, facts);
      const started = { facts, run, workflow: { file: workflow.file, name: workflow.name }, inputs };
      addRunsOfFrame({ audit, workflow, started, inputs, secrets: undefined, caller: undefined }, START);
    }
  }
}

/** Adds the runs of all jobs of a triggered or called workflow. */
function addRunsOfFrame(frame: Frame, situation: Situation): void {
  const { audit, workflow } = frame;
  if (!audit.budget.take(frame.started.workflow.file)) {
    const what = `more than ${MAX_FRAMES} events and calls of workflows start here; the rest are not read`;
    audit.gaps.add({ file: frame.started.workflow.file, line: 1, what });
    return;
  }
  const needs: Needs = { frame, found: new Map() };
  for (const job of workflow.jobs) {
    try {
      for (const at of situationsOfJob(job, needs, situation, [])) {
        if (valueAt(job.node, 'uses') === undefined) addRunsOfJob(job, frame, at);
        else
          for (const called of calledFrames(job, frame, at)) addRunsOfFrame(called.value, called.situation);
      }
    } catch (error) {
      if (!(error instanceof TooManyWays)) throw error;
      const what = `the conditions of the job ${job.id} distinguish too many cases`;
      audit.gaps.add({ file: workflow.file, line: job.line, what });
    }
  }
}

/** The situations of the jobs of one frame. Several jobs can need the same one. */
interface Needs {
  readonly frame: Frame;
  readonly found: Map<Job, Map<Situation, readonly Situation[]>>;
}

/** The situations in which a job runs: all jobs that it needs run, and its own `if` is true. */
function situationsOfJob(
  job: Job,
  needs: Needs,
  situation: Situation,
  before: readonly string[],
): readonly Situation[] {
  const found = needs.found.get(job) ?? new Map<Situation, readonly Situation[]>();
  needs.found.set(job, found);
  const situations = found.get(situation) ?? newSituationsOf(job, needs, situation, before);
  found.set(situation, situations);
  return situations;
}

function newSituationsOf(
  job: Job,
  needs: Needs,
  situation: Situation,
  before: readonly string[],
): Situation[] {
  const { frame } = needs;
  const { gaps } = frame.audit;
  const at = { file: frame.workflow.file, line: job.line };
  if (before.includes(job.id)) {
    gaps.add({ ...at, what: `the job ${job.id} needs itself` });
    return [];
  }
  let situations: readonly Situation[] = [situation];
  for (const id of runsAnyway(job) ? [] : job.needs) {
    const needed = frame.workflow.jobs.find((candidate) => candidate.id === id);
    if (needed === undefined)
      gaps.add({ ...at, what: `the job ${job.id} needs ${id}, which does not exist` });
    else
      situations = distinct(
        situations.flatMap((one) => situationsOfJob(needed, needs, one, [...before, job.id])),
      );
  }
  const around = surroundingsOf(frame, 'job-if', NO_MATRIX);
  return distinct(situations.flatMap((one) => situationsOfIf(valueAt(job.node, 'if'), around, one)));
}

function distinct(situations: readonly Situation[]): Situation[] {
  return limited(situations.map((situation) => ({ situation, value: undefined }))).map(
    (way) => way.situation,
  );
}

/** Whether a job runs even when a job that it needs is skipped (GitHub Docs, "Workflow syntax", "jobs.<job_id>.needs"). */
function runsAnyway(job: Job): boolean {
  const text = textOf(valueAt(job.node, 'if'));
  const condition = text === undefined ? undefined : parseCondition(text, 'job-if');
  if (condition === undefined || !('parts' in condition)) return false;
  return condition.parts.some((part) => typeof part !== 'string' && callsStatusFunction(part));
}
