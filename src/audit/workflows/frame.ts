import type { Started } from '../contexts/github-context.ts';
import type { Combination, Members } from '../contexts/matrix.ts';
import type { GapList } from '../model/gap-list.ts';
import type { Position, Sources, TokenAccess } from '../model/types.ts';
import type { Actions } from '../steps/actions.ts';
import type { RunList } from './run-list.ts';
import type { Workflow } from './workflow.ts';

/** A few jobs that call a workflow of a few jobs that call another, ten levels deep, would be billions. */
export const MAX_FRAMES = 2_000;

/** Counts the workflows that begin with each file, called ones and those of each event. */
export class Budget {
  readonly #taken = new Map<string, number>();

  /** False when the file has used its share. */
  take(file: string): boolean {
    const taken = this.#taken.get(file) ?? 0;
    this.#taken.set(file, taken + 1);
    return taken < MAX_FRAMES;
  }
}

/** What one audit shares. */
export interface AuditState {
  readonly sources: Sources;
  readonly gaps: GapList;
  readonly runs: RunList;
  readonly budget: Budget;
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
