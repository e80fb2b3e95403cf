/** Why mutants survive that no test should find. `docs/quality.md` has the list with the number of mutants. */

/** Mutants with the same explanation. What is left out matches every mutant. */
export interface Explanation {
  /** The kind of change, for the page. */
  readonly what: string;
  readonly why: string;
  readonly file?: RegExp;
  readonly mutator?: string;
  /** The code before the change. */
  readonly from?: string | RegExp;
  /** The code after it. */
  readonly to?: string | RegExp;
}

export const EXPLAINED: readonly Explanation[] = [];
