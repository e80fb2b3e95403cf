import type { StepResult } from '../../lab/job.ts';

/** Where a secret may stand: in the variables and outputs that are there for it. */
const VARIABLES = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
const OUTPUTS = new Set(['aws-access-key-id', 'aws-secret-access-key', 'aws-session-token']);

/**
 * Fails when a secret shows anywhere but in a mask command and in what is delivered, or when one is delivered before its
 * mask. Every end-to-end test goes through here, with every secret that the lab made or was given.
 *
 * @param before what the environment held when the step began, which state may hold, and what was masked by then
 */
export function assertNoSecrets(
  step: StepResult,
  secrets: readonly string[],
  before: { environment: Readonly<Record<string, string>>; masks: ReadonlySet<string> },
): void {
  const lines = step.stdout.split('\n');
  const masked = new Set(before.masks);
  for (const { command, message } of step.commands) if (command === 'add-mask') masked.add(message);
  const places: [string, string][] = [
    ['a log line', lines.filter((line) => !line.startsWith('::add-mask::')).join('\n')],
    ['stderr', step.stderr],
    ['the summary', step.summary],
    ...entries('the variable', step.environment, VARIABLES),
    ...entries('the output', step.outputs, OUTPUTS),
    ...Object.entries(step.state).map(([name, value]): [string, string] => [
      `the state ${name}`,
      withoutOld(value, before.environment),
    ]),
  ];
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      for (const [place, text] of places) {
        if (text.includes(form))
          throw new Error(`a secret (${secret.slice(0, 4)}…, ${secret.length} characters) shows in ${place}`);
      }
    }
    const delivered = [...Object.values(step.environment), ...Object.values(step.outputs)].includes(secret);
    if (delivered && !masked.has(secret))
      throw new Error(`a secret (${secret.slice(0, 4)}…) is delivered without its mask`);
  }
}

function entries(
  what: string,
  values: Readonly<Record<string, string>>,
  allowed: ReadonlySet<string>,
): [string, string][] {
  return Object.entries(values)
    .filter(([name]) => !allowed.has(name))
    .map(([name, value]) => [`${what} ${name}`, value]);
}

/** State without the values that were in the environment before. */
function withoutOld(state: string, before: Readonly<Record<string, string>>): string {
  return Object.values(before)
    .filter((value) => value !== '')
    .reduce((text, value) => text.replaceAll(JSON.stringify(value).slice(1, -1), ''), state);
}
