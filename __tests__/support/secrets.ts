import type { StepResult } from '../../lab/job.ts';
import type { Lab } from '../../lab/lab.ts';
import { type Input, inputEntries } from '../../src/config/inputs.ts';

/** Where a secret may stand: in the variables and outputs that are there for it. */
const VARIABLES = new Set(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
const OUTPUTS = new Set(['aws-access-key-id', 'aws-secret-access-key', 'aws-session-token']);

/** What a step starts with. */
export interface BeforeStep {
  /** The variables of the job, which state may hold. */
  readonly environment: Readonly<Record<string, string>>;
  readonly masks: ReadonlySet<string>;
  /** The number of requests that the lab had received. */
  readonly requests: number;
}

export function beforeStep(lab: Lab, environment: Record<string, string>, masks: Set<string>): BeforeStep {
  return {
    environment: { ...environment },
    masks: new Set(masks),
    requests: lab.traffic.requests.length,
  };
}

/** Post steps send no request. What the lab receives while they run comes from a broker, which has no log to mask. */
export function beforePostStep(...given: Parameters<typeof beforeStep>): BeforeStep {
  return { ...beforeStep(...given), requests: Number.POSITIVE_INFINITY };
}

/**
 * Fails when a secret shows anywhere but in a mask command and in what is delivered, or when a secret that the step had in
 * hand has no mask. Every end-to-end test goes through here, with every secret that the lab made or was given.
 */
export function assertNoSecrets(step: StepResult, lab: Lab, before: BeforeStep, inputs: Inputs = {}): void {
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
  for (const secret of lab.secrets()) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      for (const [place, text] of places) {
        if (text.includes(form)) throw new Error(`a secret (${shown(secret)}) shows in ${place}`);
      }
    }
  }
  for (const [secret, why] of secretsInHand(step, lab, before, inputs)) {
    if (!masked.has(secret)) throw new Error(`a secret (${shown(secret)}) has no mask: ${why}`);
  }
}

const shown = (secret: string) => `${secret.slice(0, 4)}…, ${secret.length} characters`;

type Inputs = Readonly<Record<string, string>>;

/** The secrets that a step had in hand, and why: what it was given, received from the lab, sent to the lab, and saved. */
function secretsInHand(step: StepResult, lab: Lab, before: BeforeStep, inputs: Inputs): Map<string, string> {
  const inHand = new Map<string, string>();
  const table: Readonly<Record<string, Input>> = Object.fromEntries(inputEntries());
  for (const [name, value] of Object.entries(inputs)) {
    if (value.trim() !== '' && table[name]?.mask === 'secret') inHand.set(value.trim(), `the input ${name}`);
  }
  const requests = lab.traffic.requests.slice(before.requests);
  const received = requests.map(({ answer = '' }) => answer).join('\n');
  const sent = requests
    .flatMap(({ parameters, headers }) => Object.values({ ...parameters, ...headers }))
    .join('\n');
  const signers = new Set(
    requests
      .filter(({ errorCode }) => errorCode !== 'SignatureDoesNotMatch')
      .map(({ accessKeyId }) => lab.secretKeyOf(accessKeyId)),
  );
  const saved = Object.values(step.state).join('\n');
  for (const secret of lab.secrets()) {
    if (received.includes(secret)) inHand.set(secret, 'the step received it');
    else if (sent.includes(secret)) inHand.set(secret, 'the step sent it');
    else if (signers.has(secret)) inHand.set(secret, 'the step signed with it');
    else if (saved.includes(secret)) inHand.set(secret, 'the step saved it');
  }
  return inHand;
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
