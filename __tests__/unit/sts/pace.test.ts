import { describe, expect, test } from '@jest/globals';
import { Pace } from '../../../src/sts/pace.ts';

const MIDDLE = 0.5;

/** A pace after `count` requests at time 0, of which STS throttles the first. */
function throttledPace(count: number): Pace {
  const pace = new Pace();
  for (let sent = 0; sent < count; sent++) pace.sent(0, MIDDLE);
  pace.throttled(0, 100, MIDDLE);
  return pace;
}

test('requests do not wait until STS throttles one', () => {
  const pace = new Pace();
  for (let sent = 0; sent < 1000; sent++) {
    expect(pace.waitMs(0)).toBe(0);
    pace.sent(0, MIDDLE);
    pace.answered();
  }
});

describe('the rate after throttling', () => {
  test('is half of the requests of the last second', () => {
    expect(throttledPace(100).rate).toBe(50);
    expect(throttledPace(100).waitMs(100)).toBe(20);
  });

  test('counts no request that is older than a second', () => {
    const pace = new Pace();
    for (let sent = 0; sent < 100; sent++) pace.sent(0, MIDDLE);
    for (let sent = 0; sent < 20; sent++) pace.sent(1500, MIDDLE);
    pace.throttled(1500, 1600, MIDDLE);
    expect(pace.rate).toBe(10);
  });

  test('lets a single request go again within a second', () => {
    expect(throttledPace(1).waitMs(100)).toBe(500);
  });

  test('is halved again only by a request that was sent later', () => {
    const pace = throttledPace(100);
    pace.throttled(99, 110, MIDDLE);
    expect(pace.rate).toBe(50);
    pace.throttled(100, 200, MIDDLE);
    expect(pace.rate).toBe(25);
  });

  test('recovers by one per answered request', () => {
    const pace = throttledPace(100);
    for (let answered = 0; answered < 10; answered++) pace.answered();
    expect(pace.rate).toBe(60);
  });

  test('is never zero', () => {
    const pace = throttledPace(1);
    for (let at = 200; at < 300; at++) pace.throttled(at, at, MIDDLE);
    expect(pace.rate).toBe(0.2);
  });
});

test('a clock that is set back does not stop the requests', () => {
  expect(throttledPace(100).waitMs(100 - 3_600_000)).toBe(30);
});

test('the time between requests differs between jobs', () => {
  const waits = [0, 0.999].map((random) => {
    const pace = throttledPace(100);
    pace.sent(200, random);
    return Math.round(pace.waitMs(200));
  });
  expect(waits).toEqual([10, 30]);
});

test('jobs that share a limit end with similar rates, however they started', () => {
  const paces = [throttledPace(4), throttledPace(400)];
  // Both send at their rates; STS throttles everybody while they exceed 100 per second together.
  for (let at = 200; at < 60_000; at += 100) {
    const exceeds = paces.reduce((sum, { rate }) => sum + rate, 0) > 100;
    for (const pace of paces) {
      if (exceeds) pace.throttled(at, at, MIDDLE);
      else for (let sent = 0; sent < pace.rate / 10; sent++) pace.answered();
    }
  }
  const [few = 0, many = 0] = paces.map(({ rate }) => rate);
  expect(Math.abs(Math.log2(many / few))).toBeLessThan(0.5);
});
