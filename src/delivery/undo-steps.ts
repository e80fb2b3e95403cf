import { ActionError, inOneLine } from '../platform/errors.ts';
import type { Log } from '../platform/runner/runner.ts';
import { traceOf } from '../platform/trace.ts';

/**
 * Removes one part of a delivery; does nothing if the part has not been written.
 *
 * @param isIncomplete whether another part could not be removed
 */
export type Undo = (isIncomplete: boolean) => void | Promise<void>;

/** How to take a delivery back. Each part adds its undo step before it writes anything. */
export class UndoSteps {
  readonly #steps: { readonly part: string; readonly undo: Undo }[] = [];

  /** @param part for warnings: a noun phrase such as "the profiles" */
  add(part: string, undo: Undo): void {
    this.#steps.unshift({ part, undo });
  }

  /** Undoes the parts in reverse order. A part that cannot be removed is a warning, and does not keep the others. */
  async run(log: Log): Promise<void> {
    let isIncomplete = false;
    for (const { part, undo } of this.#steps) {
      try {
        await undo(isIncomplete);
      } catch (error) {
        isIncomplete = true;
        log.debug(traceOf(error));
        const cause = error instanceof ActionError ? ` ${inOneLine(error)}` : '';
        log.warning(`After the failure of this step, ${part} could not be removed.${cause}`);
      }
    }
  }
}
