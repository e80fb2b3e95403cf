import type { Started } from '../contexts/github-context.ts';
import type { Combination, Members } from '../contexts/matrix.ts';
import type { GapList } from '../model/gap-list.ts';
import type { Position, Sources, TokenAccess } from '../model/types.ts';
import type { Actions } from '../steps/actions.ts';
import type { RunList } from './run-list.ts';
import type { Workflow } from './workflow.ts';

/** What one audit shares. */
export interface AuditState {
  readonly sources: Sources;
  readonly gaps: GapList;
  readonly runs: RunList;
  readonly actions: Actions;
  /** A workflow by its path or reference; undefined, and a gap at `from`, where it cannot be read. */
  readonly workflow: (file: string, from: Position) => Workflow | undefined;
}

/** A workflow as one kind of run has it: started by an event, or called. */
export interface Frame {
  readonly audit: AuditState;
  readonly workflow: Workflow;
  readonly started: Started;
  readonly inputs: Members;
  /** What a called workflow was passed; undefined where secrets are the repository's own. */
  readonly secrets: Members | undefined;
  readonly caller: Caller | undefined;
}

/** The job that calls a workflow. */
export interface Caller {
  /** The job in the workflow that the event starts. */
  readonly job: string;
  readonly at: Position;
  readonly token: TokenAccess;
  /** The files of the workflows that call each other, outermost first. */
  readonly chain: readonly string[];
}

export const NO_MATRIX: Combination = { members: new Map(), complete: true };
