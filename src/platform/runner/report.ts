import type { Environment } from '../environment.ts';
import { type ActionError, asActionError } from '../errors.ts';
import { traceOf } from '../trace.ts';
import { ALL_DETAILS, annotation } from './annotation.ts';
import { docsLink } from './docs-link.ts';
import type { Runner } from './runner.ts';

/** Who reads a report: whoever looks at the job, through its runner. */
interface Audience {
  readonly runner: Runner;
  readonly env: Environment;
}

/** Lets the step fail with an annotation that leads to the documentation; what it has no room for goes into the log. */
export function reportFailure(error: unknown, host: Audience): void {
  host.runner.fail(annotate(asActionError(error), host));
}

/** A failure that the step goes on after, as a warning. */
export function reportWarning(error: ActionError, host: Audience): void {
  host.runner.warning(annotate(error, host));
}

function annotate(error: ActionError, { runner, env }: Audience): string {
  if (error.cause !== undefined) runner.debug(traceOf(error.cause));
  const { text, rest } = annotation(error, docsLink(`troubleshooting.md#${error.code.toLowerCase()}`, env));
  if (rest.length > 0) runner.group(ALL_DETAILS, rest);
  return text;
}
