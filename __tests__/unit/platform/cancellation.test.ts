import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ActionError } from '../../../src/platform/errors.ts';
import { abortOnCancellation, ignoreCancellation } from '../../../src/platform/host/cancellation.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'];
const DEFECTS = ['uncaughtException', 'unhandledRejection'];

/** The listeners that the process had before, by event. A test calls only those that were added. */
let others: Map<string, readonly unknown[]>;
const { exit } = process;
let exitCodes: unknown[];

const listeners = (event: string) => process.listeners(event as NodeJS.Signals);
const added = (event: string) => listeners(event).filter((one) => !others.get(event)?.includes(one));
function send(event: string, value: unknown = event): void {
  for (const listener of added(event)) (listener as (value: unknown) => void)(value);
}

beforeEach(() => {
  others = new Map([...SIGNALS, ...DEFECTS].map((event) => [event, listeners(event)]));
  exitCodes = [];
  process.exit = ((code: unknown) => exitCodes.push(code)) as typeof process.exit;
});
afterEach(() => {
  for (const event of others.keys()) {
    for (const listener of added(event)) process.off(event as NodeJS.Signals, listener);
  }
  process.exit = exit;
});

describe.each(SIGNALS)('%s', (signal) => {
  test('cancels; a second one ends the process, as no time is left', () => {
    const cancellation = abortOnCancellation();
    expect(cancellation.aborted).toBe(false);
    send(signal);
    expect(cancellation.reason).toMatchObject({ code: 'CANCELLED', details: { found: signal } });
    expect(exitCodes).toEqual([]);
    send(signal);
    expect(exitCodes).toEqual([130]);
  });

  test('is ignored where the work must not stop half-way', () => {
    const cancellation = ignoreCancellation();
    expect(added(signal)).toHaveLength(1);
    send(signal);
    send(signal);
    expect([cancellation.aborted, exitCodes]).toEqual([false, []]);
  });
});

describe.each(DEFECTS)('%s', (event) => {
  test.each([
    ['cancels', abortOnCancellation],
    ['stops even work that signals do not stop', ignoreCancellation],
  ])('%s, with an error that does not show its message', (_what, start) => {
    const cancellation = start();
    send(event, new RangeError('secret'));
    expect(cancellation.reason).toBeInstanceOf(ActionError);
    expect(cancellation.reason).toMatchObject({
      code: 'INTERNAL',
      message: expect.not.stringContaining('secret'),
    });
  });

  test('reports an error of ours as it is', () => {
    const cancellation = abortOnCancellation();
    const error = new ActionError('OIDC_FORK', { problem: 'x', remedy: 'y' });
    send(event, error);
    expect(cancellation.reason).toBe(error);
  });
});
