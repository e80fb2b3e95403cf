import type { Gap } from './types.ts';

/** Gaps, each once: a job is looked at for each of its events. */
export class GapList {
  readonly #gaps = new Map<string, Gap>();

  add({ file, line, what }: Gap): void {
    const key = `${file}\n${line}\n${what}`;
    if (!this.#gaps.has(key)) this.#gaps.set(key, { file, line, what });
  }

  /** In the order of files and lines. */
  get list(): readonly Gap[] {
    return [...this.#gaps.values()].sort((a, b) =>
      a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1,
    );
  }
}
