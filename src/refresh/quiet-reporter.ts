import type { Reporter } from '../platform/runner/runner.ts';

/**
 * For processes that later steps start: only warnings show. There is no runner to mention masks to; what these processes
 * obtain goes to the SDK that asked and nowhere else.
 *
 * @param write to standard error
 */
export function quietReporter(write: (text: string) => void): Reporter {
  const nothing = () => {};
  return {
    mask: nothing,
    debug: nothing,
    info: nothing,
    group: nothing,
    warning: (message) => write(`${message.replaceAll(/\s+/g, ' ')}\n`),
  };
}
