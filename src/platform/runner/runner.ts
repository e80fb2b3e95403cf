/** What the runner offers an action; see `github-runner.ts`. */
export interface Runner extends Reporter {
  input(name: string): string;
  exportVariable(name: string, value: string): void;
  setOutput(name: string, value: string): void;
  /** Saves `value` for the post step of this invocation. */
  saveState(name: string, value: string): void;
  state(name: string): string;
  summary(markdown: string): void;
  /** Writes `message` as an error annotation and fails the step. */
  fail(message: string): void;
}

/** The log, and the way to keep secrets out of it. */
export interface Reporter extends Log {
  /** Replaces `secret` with asterisks in everything that the job logs from now on. */
  mask(secret: string): void;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  /** Writes a group that readers can fold. */
  group(title: string, lines: readonly string[]): void;
}
