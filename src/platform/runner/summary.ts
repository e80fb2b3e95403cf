import { traceOf } from '../trace.ts';
import type { Runner } from './runner.ts';

/** Adds Markdown to the job's summary, or warns. */
export function addToSummary(markdown: string, runner: Runner): void {
  try {
    runner.summary(markdown);
  } catch (cause) {
    runner.debug(traceOf(cause));
    const code = (cause as { code?: unknown } | undefined)?.code;
    runner.warning(
      `The job's summary could not be written (${typeof code === 'string' ? code : 'unknown failure'}, GITHUB_STEP_SUMMARY); the step goes on without it.`,
    );
  }
}
