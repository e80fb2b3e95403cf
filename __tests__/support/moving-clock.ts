import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestJob, type TestJobOptions, withJob } from './harness.ts';

/** The clocks of a test. Sessions expire without a wait. */
export interface MovingClock {
  /** Milliseconds since 1970, by the clock of GitHub and STS, which is right. */
  now(): number;
  /** Lets time pass: for GitHub, STS, and the time of day and monotonic clock of the machine. */
  pass(seconds: number): void;
  /** Sets the time of day of the machine this far ahead of the right time; the monotonic clock does not move. */
  setAhead(seconds: number): void;
}

/** Node.js reads this program first (`--require`). It moves `Date` and `performance.now` by what the file says. */
const programFor = (file: string) => `'use strict';
const { readFileSync } = require('node:fs');
const RealDate = Date;
const now = performance.now.bind(performance);
let moved = { passed: 0, ahead: 0 };
let isRead = false;
// Code that asks both clocks at once gets the same answer from both, as on a real machine.
const read = () => {
  if (isRead) return moved;
  isRead = true;
  queueMicrotask(() => (isRead = false));
  try {
    moved = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
  } catch {} // the test is writing it, or has removed it
  return moved;
};
const dateNow = () => {
  const { passed, ahead } = read();
  return RealDate.now() + passed + ahead;
};
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(dateNow());
    else super(...given);
  }
  static now() {
    return dateNow();
  }
};
performance.now = () => now() + read().passed;
`;

/** A lab and a job whose clocks the test moves. Sessions last as long as STS grants them, as nobody waits for their end. */
export async function withMovingClock(
  options: TestJobOptions,
  test: (context: TestJob, clock: MovingClock) => Promise<void>,
): Promise<void> {
  const moved = { passed: 0, ahead: 0 };
  const now = () => Date.now() + moved.passed;
  await withJob({ ...options, now }, async (context) => {
    const { job } = context;
    const file = path.join(path.dirname(job.temp), 'clock.json');
    const program = path.join(path.dirname(job.temp), 'clock.cjs');
    const write = (change: Partial<typeof moved>) => {
      Object.assign(moved, change);
      writeFileSync(file, JSON.stringify(moved));
    };
    write({});
    writeFileSync(program, programFor(file));
    const { NODE_OPTIONS = '' } = job.environment;
    job.environment = { ...job.environment, NODE_OPTIONS: `${NODE_OPTIONS} --require=${program}`.trim() };
    await test(context, {
      now,
      pass: (seconds) => write({ passed: moved.passed + seconds * 1000 }),
      setAhead: (seconds) => write({ ahead: seconds * 1000 }),
    });
  });
}
