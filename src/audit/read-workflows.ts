import { GapList } from './model/gap-list.ts';
import type { Facts, JobRun, Position, Sources, WorkflowAudit } from './model/types.ts';
import type { AuditState } from './workflows/frame.ts';
import { runsOfWorkflow } from './workflows/walk.ts';
import { callTriggerOf, readWorkflow, type Workflow } from './workflows/workflow.ts';

/**
 * Reads the workflows of a repository: each job as each of its events runs it, with the claims that its token would carry
 * and the roles that its steps would assume with it. What is not read or not understood is a gap.
 */
export function readWorkflows(sources: Sources, facts: Facts): WorkflowAudit {
  const gaps = new GapList();
  const files = new Map<string, Workflow | undefined>();
  const read = (path: string, text: string): Workflow | undefined => {
    const { workflow, gaps: found } = readWorkflow({ path, text });
    for (const gap of found) gaps.add(gap);
    files.set(path, workflow);
    return workflow;
  };
  const workflow = (file: string, from: Position): Workflow | undefined => {
    if (files.has(file)) return files.get(file);
    const text = file.includes('@') ? sources.readRemote?.(file) : sources.read(file);
    if (text !== undefined) return read(file, text);
    const where = file.includes('@') ? 'in another repository' : 'not in the repository';
    gaps.add({ ...from, what: `the called workflow ${file} is ${where} and is not read` });
    return undefined;
  };
  const started = sources.workflows.flatMap(({ path, text }) => read(path, text) ?? []);
  const audit: AuditState = { sources, gaps, workflow };
  const runs = distinct(started.flatMap((one) => runsOfWorkflow(one, facts, audit)));
  noteUncalled(started, runs, gaps);
  return { runs, gaps: gaps.list };
}

/** A workflow that only others call, none of them here, has runs that are not read. */
function noteUncalled(workflows: readonly Workflow[], runs: readonly JobRun[], gaps: GapList): void {
  const called = new Set(runs.map((run) => run.called?.file));
  for (const workflow of workflows) {
    const trigger = callTriggerOf(workflow);
    if (trigger === undefined || workflow.triggers.length > 1 || called.has(workflow.file)) continue;
    gaps.add({
      file: workflow.file,
      line: trigger.line,
      what: 'no workflow here calls this one; its callers are not read',
    });
  }
}

/** Runs that differ in nothing that is said of them, such as those of two entries of a matrix, are one. */
function distinct(runs: readonly JobRun[]): JobRun[] {
  const byKey = new Map<string, JobRun>();
  for (const run of runs) {
    const key = keyOfRun(run);
    if (!byKey.has(key)) byKey.set(key, run);
  }
  return [...byKey.values()];
}

function keyOfRun({ claims, assumptions, ...run }: JobRun): string {
  const shown = assumptions.map(({ role, audience, at, profile, through }) => [
    role.shown,
    audience.shown,
    at,
    profile,
    through,
  ]);
  const values = [...claims.values].map(([name, { shown: text }]) => [name, text]);
  const { ref, environment, ...others } = run;
  return JSON.stringify([others, ref.shown, environment?.shown, claims.subject.name.shown, values, shown]);
}
