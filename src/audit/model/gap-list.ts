import type { Gap } from './types.ts';

/** Gaps without duplicates: each event of a job finds the same ones. */
export class GapList {
  readonly #gaps = new Map<string, Gap>();

  add({ file, line, what }: Gap): void {
    const key = `${file}\n${line}\n${what}`;
    if (!this.#gaps.has(key)) this.#gaps.set(key, { file, line, what });
  }

  /** Sorted by file and line. */
  get list(): readonly Gap[] {
    return [...this.#gaps.values()].sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    );
  }
}
