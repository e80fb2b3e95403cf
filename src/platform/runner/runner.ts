/**
 * What the runner offers an action: inputs, the files it hands to later steps, the log and the state for the post
 * step. The one implementation that talks to GitHub's runner is `github-runner.ts`.
 */
export interface Runner extends Reporter {
  /** The text of an input; empty when it was not given. */
  input(name: string): string;
  /** Sets a variable for later steps. */
  exportVariable(name: string, value: string): void;
  setOutput(name: string, value: string): void;
  /** Keeps `value` for the post step of this invocation. */
  saveState(name: string, value: string): void;
  state(name: string): string;
  /** Adds Markdown to the job's summary. */
  summary(markdown: string): void;
  /** Writes `message` as an error annotation and lets the step fail. */
  fail(message: string): void;
}

/** Where to say something, and how to keep secrets out of it. */
export interface Reporter extends Log {
  /** Replaces `secret` in everything the job logs from now on. */
  mask(secret: string): void;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  /** A part of the log that readers can fold. */
  group(title: string, lines: readonly string[]): void;
}
