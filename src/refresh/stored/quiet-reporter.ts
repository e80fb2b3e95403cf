import type { Reporter } from '../../platform/runner/runner.ts';

/**
 * A reporter for the credential process and the broker: it shows warnings only. There is no runner that could mask secrets;
 * these processes return sessions to the SDK that requests them, and write them nowhere else.
 *
 * @param write writes warnings to standard error; left out, they are not shown either
 */
export function quietReporter(write: (text: string) => void = () => {}): Reporter {
  const nothing = () => {};
  return {
    mask: nothing,
    debug: nothing,
    info: nothing,
    group: nothing,
    warning: (message) => write(`${message.replaceAll(/\s+/g, ' ')}\n`),
  };
}
