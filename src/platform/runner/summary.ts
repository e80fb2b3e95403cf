import { traceOf } from '../trace.ts';
import type { Runner } from './runner.ts';

/** Adds Markdown to the job summary. A failure is a warning: the summary is for readers only. */
export function addToSummary(markdown: string, runner: Runner): void {
  try {
    runner.summary(markdown);
  } catch (cause) {
    runner.debug(traceOf(cause));
    const code = (cause as { code?: unknown } | undefined)?.code;
    runner.warning(
      `The job summary could not be written (GITHUB_STEP_SUMMARY: ${typeof code === 'string' ? code : 'unknown error'}). The step continues without it.`,
    );
  }
}
