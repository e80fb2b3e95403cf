import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { steadyClock, systemClock } from '../../../src/platform/clock.ts';

const real = { date: Date.now, performance: performance.now };
/** The time of day and the monotonic clock of the machine. */
let day: number;
let machine: number;

beforeEach(() => {
  day = 1_000_000;
  machine = 500;
  Date.now = () => day;
  performance.now = () => machine;
});
afterEach(() => {
  Date.now = real.date;
  performance.now = real.performance;
});

function pass(milliseconds: number): void {
  day += milliseconds;
  machine += milliseconds;
}

test('the clock of the system is the time of day', () => {
  expect(systemClock.now()).toBe(1_000_000);
  day = 7;
  expect(systemClock.now()).toBe(7);
});

describe('a steady clock', () => {
  test('is the time of day, in whole milliseconds', () => {
    const clock = steadyClock();
    expect(clock.now()).toBe(1_000_000);
    pass(1_000.4);
    expect(clock.now()).toBe(1_001_000);
  });

  test('continues at its pace when the time of day is set back', () => {
    const clock = steadyClock();
    pass(1_000);
    day -= 600_000;
    expect(clock.now()).toBe(1_001_000);
    pass(250);
    expect(clock.now()).toBe(1_001_250);
    pass(250);
    expect(clock.now()).toBe(1_001_500);
  });

  test('follows a jump ahead, and counts on from there', () => {
    const clock = steadyClock();
    day += 600_000;
    expect(clock.now()).toBe(1_600_000);
    day -= 600_000;
    pass(10);
    expect(clock.now()).toBe(1_600_010);
  });

  test('sleeps as the clock of the system', () => {
    expect(steadyClock().sleep).toBe(systemClock.sleep);
  });
});
