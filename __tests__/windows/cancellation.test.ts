import { describe, expect, test } from '@jest/globals';
import { errorOf, HUB, MINIMAL, SPOKE } from '../support/harness.ts';
import { type WindowsJob, withWindowsJob } from './windows-job.ts';

/** Wine has Ctrl+C, the first signal of a runner. It cannot send Ctrl+Break, the second one. */

const CHAIN = { ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE };

async function filesLeft(job: WindowsJob): Promise<string[]> {
  const files = [...(await job.files(job.home)), ...(await job.files(job.temp))];
  return files.filter((name) => !name.startsWith('step-'));
}

describe.each(['none', 'process', 'broker'])('refresh: %s', (refresh) => {
  const inputs = { ...CHAIN, ...(refresh === 'none' ? { 'aws-profile': 'dev' } : { refresh }) };

  test('a step that Ctrl+C cancels leaves nothing', () =>
    withWindowsJob(
      async (job) => {
        const step = await job.uses(inputs, { cancelWhen: '::add-mask::' });
        expect(errorOf(step)).toContain('[CANCELLED]');
        expect(step.environment).toEqual({});
        await job.finish();
        expect(await filesLeft(job)).toEqual([]);
      },
      'a',
      { latencyMs: 500 },
    ));

  test('Ctrl+C does not stop the post step', () =>
    withWindowsJob(async (job) => {
      await job.uses(inputs);
      expect(await job.finish({ cancelWhen: '' })).toMatchObject([{ exitCode: 0, stderr: '' }]);
      expect(await filesLeft(job)).toEqual([]);
    }));
});

test('the program of exec gets Ctrl+C, and time to end', () =>
  withWindowsJob(async (job) => {
    const code =
      'process.on(`SIGINT`, () => setTimeout(() => process.exit(9), 300)); console.log(6 * 7000); setTimeout(() => {}, 9000)';
    const inputs = { ...MINIMAL, shell: 'none', run: `"${job.node}" -e "${code}"` };
    const step = await job.uses(inputs, { action: 'exec', cancelWhen: '42000' });
    expect(step.exitCode).toBe(9);
    await job.finish();
    expect(await filesLeft(job)).toEqual([]);
  }));

test('the broker outlives Ctrl+C, as it has no console', () =>
  withWindowsJob(async (job) => {
    await job.uses({ ...CHAIN, refresh: 'broker' });
    await job.run({ program: job.node, args: ['-p', '6*7000'], cancelWhen: '42000' });
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI = '', AWS_CONTAINER_AUTHORIZATION_TOKEN = '' } =
      job.environment;
    const headers = { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN };
    expect((await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers })).status).toBe(200);
    await job.finish();
  }));
