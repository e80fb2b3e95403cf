import type { Environment } from '../environment.ts';
import { asActionError } from '../errors.ts';
import { traceOf } from '../trace.ts';
import { ALL_DETAILS, annotation } from './annotation.ts';
import type { Runner } from './runner.ts';

type Reader = { readonly runner: Runner; readonly env: Environment };

/** Fails the step with an annotation that links to the documentation. Details that do not fit go to the log. */
export function reportFailure(error: unknown, reader: Reader): void {
  reader.runner.fail(annotate(error, reader));
}

/** Warns of a failure that does not fail the step. */
export function reportWarning(error: unknown, reader: Reader): void {
  reader.runner.warning(annotate(error, reader));
}

function annotate(thrown: unknown, { runner, env }: Reader): string {
  const error = asActionError(thrown);
  if (error.cause !== undefined) runner.debug(traceOf(error.cause));
  const { text, rest } = annotation(error, docsLink(`troubleshooting.md#${error.code.toLowerCase()}`, env));
  if (rest.length > 0) runner.group(ALL_DETAILS, rest);
  return text;
}

/**
 * The URL of a documentation page, in the version that runs. Undefined where the runner does not name the action's
 * repository, as for `uses: ./`.
 *
 * @param page such as `security.md#triggers`
 */
export function docsLink(
  page: string,
  { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref }: Environment,
): string | undefined {
  if (!repository) return undefined;
  return `${server || 'https://github.com'}/${repository}/blob/${ref || 'HEAD'}/docs/${page}`;
}

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
