import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import type { Log } from '../../../src/platform/runner/runner.ts';
import { Gate } from '../../../src/sts/gate.ts';

const quiet = () => {};
const THROTTLED = new ActionError('STS_THROTTLED', { problem: 'too many', remedy: 'fewer' });

/** A gate whose clock only its own waits move. `end` lets its deadline pass. */
function gateOf(maxParallel: number) {
  let now = 0;
  let end = quiet as () => void;
  const slept: number[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
  const deadlineClock: Clock = {
    now: () => now,
    sleep: () => new Promise((resolve) => (end = resolve)),
  };
  const infos: string[] = [];
  const log: Log = { debug: quiet, info: (line) => infos.push(line), warning: quiet, group: quiet };
  const gate = new Gate({
    maxParallel,
    isThrottled: (error) => error === THROTTLED,
    clock,
    random: () => 0.5,
    deadline: startDeadline(60, deadlineClock),
    log,
  });
  return { gate, slept, infos, end: () => end() };
}

/** A request that is under way until `answer` or `fail` is called. */
function request() {
  let answer = quiet as (value: string) => void;
  let fail = quiet as (error: unknown) => void;
  const answered = new Promise<string>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  let isSent = false;
  const send = () => {
    isSent = true;
    return answered;
  };
  return { send, answer: (value = '') => answer(value), fail, isSent: () => isSent };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('max-parallel', () => {
  test.each([1, 3])('%i requests at once, in their order', async (limit) => {
    const { gate } = gateOf(limit);
    const requests = Array.from({ length: 5 }, request);
    const all = Promise.all(requests.map(({ send }) => gate.pass(send, false)));
    for (let next = 0; next < 5; next++) {
      await settled();
      expect(requests.map(({ isSent }) => isSent())).toEqual(requests.map((_, at) => at < next + limit));
      requests[next]?.answer(String(next));
    }
    expect(await all).toEqual(['0', '1', '2', '3', '4']);
  });

  test('a request that fails makes room', async () => {
    const { gate } = gateOf(1);
    await expect(gate.pass(() => Promise.reject(new RangeError()), false)).rejects.toThrow(RangeError);
    expect(await gate.pass(async () => 'next', false)).toBe('next');
  });
});

describe('throttling', () => {
  const throttle = (gate: Gate) => gate.pass(() => Promise.reject(THROTTLED), false).catch(quiet);

  test('makes the requests that follow wait, and is told once', async () => {
    const { gate, slept, infos } = gateOf(10);
    await throttle(gate);
    await gate.pass(async () => '', true);
    expect(slept).toEqual([500]);
    await throttle(gate);
    expect(infos).toEqual([expect.stringMatching(/^STS throttles requests/)]);
  });

  test('another failure does not', async () => {
    const { gate, slept } = gateOf(10);
    await gate.pass(() => Promise.reject(new RangeError()), false).catch(quiet);
    await gate.pass(async () => '', false);
    expect(slept).toEqual([]);
  });

  test('the load counts what is under way and what was throttled', async () => {
    const { gate } = gateOf(1);
    const first = request();
    const passes = [first.send, async () => '', async () => ''].map((send, at) => gate.pass(send, at === 1));
    await settled();
    expect(gate.load()).toEqual({ underWay: 1, throttled: 1 });
    first.answer();
    await Promise.all(passes);
    expect(gate.load()).toEqual({ underWay: 0, throttled: 0 });
  });

  test('the deadline ends the wait of every request, and its error names the throttling', async () => {
    const { gate, end } = gateOf(10);
    await throttle(gate);
    end();
    await settled();
    const waiting = [gate.pass(async () => '', true), gate.pass(async () => '', false)];
    for (const outcome of await Promise.allSettled(waiting))
      expect(outcome).toMatchObject({
        reason: {
          code: 'DEADLINE_EXCEEDED',
          details: {
            found: expect.stringContaining('too many'),
            remedy: expect.stringContaining('fewer jobs'),
          },
        },
      });
  });
});
