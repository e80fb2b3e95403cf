import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { MINIMAL, type TestJob, withJob } from '../support/harness.ts';
import { askEndpoint, askProcess, pause, until } from '../support/refresh.ts';

/** The machine's clock is wrong, or set while the job runs. Sessions are renewed when they are due and handed out while they live. */
const HOURS = 3_600_000;

/** Gives every Node of the job a clock that is off by what the file says at the time. */
async function setClock({ job }: TestJob, off: number): Promise<(off: number) => Promise<void>> {
  const file = path.join(job.home, 'offset');
  const program = path.join(job.home, 'clock.cjs');
  await writeFile(file, String(off));
  await writeFile(
    program,
    `const { readFileSync } = require('node:fs');
const RealDate = Date;
const offset = () => Number(readFileSync(${JSON.stringify(file)}, 'utf8')) || 0;
globalThis.Date = class extends RealDate {
  constructor(...given) { if (given.length === 0) super(RealDate.now() + offset()); else super(...given); }
  static now() { return RealDate.now() + offset(); }
};`,
  );
  job.environment = { ...job.environment, NODE_OPTIONS: `--require=${program}` };
  return (value) => writeFile(file, String(value));
}

test.each([
  ['two hours ahead', 2 * HOURS],
  ['two hours behind', -2 * HOURS],
])(
  'broker, %s: STS is asked when a session is due, and nobody gets one that is over',
  (_, off) =>
    withJob({ sessionSeconds: 8 }, async (context) => {
      await setClock(context, off);
      const step = await context.uses({ ...MINIMAL, refresh: 'broker' });
      expect(step.exitCode).toBe(0);
      const endsAt = Date.now() + 14_000;
      while (Date.now() < endsAt) {
        const { status, body } = await askEndpoint(context);
        expect(status).toBe(200);
        // By the right clock.
        expect(Date.parse(body.Expiration ?? '')).toBeGreaterThan(Date.now());
        await pause(200);
      }
      // Once in the step, and each time that three quarters of 6 to 8 s were over.
      const { sts = 0 } = context.lab.traffic.counts();
      expect(sts).toBeGreaterThanOrEqual(3);
      expect(sts).toBeLessThanOrEqual(5);
      await context.finish();
    }),
  40_000,
);

test(
  'broker, a clock that is set while it runs: a jump costs a renewal at most',
  () =>
    withJob({ sessionSeconds: 900 }, async (context) => {
      const set = await setClock(context, 0);
      await context.uses({ ...MINIMAL, refresh: 'broker' });
      for (const off of [-5 * HOURS, 0, 5 * HOURS, 0]) {
        await set(off);
        await pause(1_500);
        expect((await askEndpoint(context)).status).toBe(200);
      }
      expect(context.lab.traffic.counts().sts).toBeLessThanOrEqual(3);
      await context.finish();
    }),
  40_000,
);

test('broker, set back while it runs: a session that is over stays so', () =>
  withJob({ sessionSeconds: 5 }, async (context) => {
    const set = await setClock(context, 0);
    await context.uses({ ...MINIMAL, refresh: 'broker', 'disable-retry': 'true' });
    context.lab.traffic.inject({ server: 'sts', kind: { name: 'reset' }, times: 10_000 });
    await set(-2 * HOURS);
    await until(async () => (await askEndpoint(context)).status === 503, 15);
    context.lab.traffic.clearFaults();
    await context.finish();
  }));

test('credential process, two hours ahead: the cached session is used while it lives', () =>
  withJob({ sessionSeconds: 900 }, async (context) => {
    await setClock(context, 2 * HOURS);
    await context.uses({ ...MINIMAL, refresh: 'process' });
    const { NODE_OPTIONS = '' } = context.job.environment;
    for (let index = 0; index < 3; index++)
      expect(await askProcess(context, { NODE_OPTIONS })).toMatchObject({ code: 0, stderr: '' });
    expect(context.lab.traffic.counts().sts).toBe(1);
  }));
