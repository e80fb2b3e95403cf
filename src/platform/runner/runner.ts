/** What the runner offers an action; see `github-runner.ts`. */
export interface Runner extends Reporter {
  input(name: string): string;
  exportVariable(name: string, value: string): void;
  setOutput(name: string, value: string): void;
  /** Saves `value` for the post step of this invocation. */
  saveState(name: string, value: string): void;
  state(name: string): string;
  /** Writes an annotation on a line of a file. It does not fail the step. */
  annotate(annotation: FileAnnotation): void;
  summary(markdown: string): void;
  fail(message: string): void;
}

export interface Reporter extends Log {
  /** Replaces `secret` with asterisks in everything that the job logs from now on. */
  mask(secret: string): void;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  group(title: string, lines: readonly string[]): void;
}

/** A message on a line of a file, on the page of the run and in the pull request. */
export interface FileAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly title: string;
  readonly message: string;
}
