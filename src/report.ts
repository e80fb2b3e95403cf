import { ALL_DETAILS, annotation } from './annotation.ts';
import { docsLink } from './docs-link.ts';
import { type ActionError, asActionError } from './errors.ts';
import type { Host } from './host.ts';
import { traceOf } from './trace.ts';

/** Lets the step fail with an annotation that leads to the documentation; what it has no room for goes into the log. */
export function reportFailure(error: unknown, host: Pick<Host, 'runner' | 'env'>): void {
  host.runner.fail(annotate(asActionError(error), host));
}

/** A failure that the step goes on after, as a warning. */
export function reportWarning(error: ActionError, host: Pick<Host, 'runner' | 'env'>): void {
  host.runner.warning(annotate(error, host));
}

function annotate(error: ActionError, { runner, env }: Pick<Host, 'runner' | 'env'>): string {
  if (error.cause !== undefined) runner.debug(traceOf(error.cause));
  const { text, rest } = annotation(error, docsLink(`troubleshooting.md#${error.code.toLowerCase()}`, env));
  if (rest.length > 0) runner.group(ALL_DETAILS, rest);
  return text;
}
