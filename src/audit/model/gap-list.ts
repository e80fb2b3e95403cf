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
    const byLine = [...this.#gaps.values()].sort((a, b) => a.line - b.line);
    return byLine.sort((a, b) => Number(a.file > b.file) - Number(a.file < b.file));
  }
}
