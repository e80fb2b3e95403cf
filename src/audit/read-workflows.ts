import { GapList } from './model/gap-list.ts';
import type { Facts, Position, Sources, WorkflowAudit } from './model/types.ts';
import { Actions } from './steps/actions.ts';
import { type AuditState, Budget } from './workflows/frame.ts';
import { RunList } from './workflows/run-list.ts';
import { addRunsOfWorkflow } from './workflows/walk.ts';
import { callTriggerOf, readWorkflow, type Workflow } from './workflows/workflow.ts';
import { textOf, valueAt } from './yaml/yaml-node.ts';

/**
 * Reads the workflows of a repository. The result has each kind of run of each job, with the claims of its token and the
 * roles that its steps assume with it. Anything that is not read or not understood is a gap.
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
  const audit: AuditState = {
    sources,
    gaps,
    workflow,
    runs: new RunList(),
    budget: new Budget(),
    actions: new Actions(facts, sources.read),
  };
  for (const one of started) addRunsOfWorkflow(one, facts, audit);
  noteUncalled(started, gaps);
  return { runs: audit.runs.list, gaps: gaps.list };
}

/** Notes workflows that only other repositories can call. */
function noteUncalled(workflows: readonly Workflow[], gaps: GapList): void {
  const jobs = workflows.flatMap((workflow) => workflow.jobs);
  const called = new Set(jobs.map((job) => textOf(valueAt(job.node, 'uses'))));
  for (const workflow of workflows) {
    const trigger = callTriggerOf(workflow);
    if (trigger === undefined || workflow.triggers.length > 1 || called.has(`./${workflow.file}`)) continue;
    const what = 'no workflow of this repository calls this one; callers in other repositories are not read';
    gaps.add({ file: workflow.file, line: trigger.line, what });
  }
}
