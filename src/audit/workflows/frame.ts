import type { Started } from '../contexts/github-context.ts';
import type { Combination, Members } from '../contexts/matrix.ts';
import type { GapList } from '../model/gap-list.ts';
import type { Position, Sources, TokenAccess } from '../model/types.ts';
import type { Actions } from '../steps/actions.ts';
import type { RunList } from './run-list.ts';
import type { Workflow } from './workflow.ts';

/** Calls multiply: ten levels of eight jobs each are a billion. */
export const MAX_FRAMES = 2_000;

/** Counts the events and calls that start at each file. */
export class Budget {
  readonly #taken = new Map<string, number>();

  /** False when the file has reached the limit. */
  take(file: string): boolean {
    const taken = this.#taken.get(file) ?? 0;
    this.#taken.set(file, taken + 1);
    return taken < MAX_FRAMES;
  }
}

/** The state of one audit. */
export interface AuditState {
  readonly sources: Sources;
  readonly gaps: GapList;
  readonly runs: RunList;
  readonly budget: Budget;
  readonly actions: Actions;
  /** Returns a workflow by its path or reference. Without one, adds a gap at `from`. */
  readonly workflow: (file: string, from: Position) => Workflow | undefined;
}

/** A workflow in one kind of run: triggered by an event, or called. */
export interface Frame {
  readonly audit: AuditState;
  readonly workflow: Workflow;
  readonly started: Started;
  readonly inputs: Members;
  /** The secrets that a called workflow receives; undefined for all of the repository. */
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
