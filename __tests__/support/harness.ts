import { expect } from '@jest/globals';
import { Job, type JobOptions, type StepOptions as JobStepOptions, type StepResult } from '../../lab/job.ts';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { assertOnlyOurCommands } from './commands.ts';
import { assertNoSecrets, type BeforeStep, beforePostStep, beforeStep } from './secrets.ts';
import { recordInputs, recordingOutputs } from './used-inputs.ts';

export const HUB = 'arn:aws:iam::111111111111:role/deploy-hub';
export const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';
export const SPOKE = 'arn:aws:iam::222222222222:role/deploy';
export const OTHER_SPOKE = 'arn:aws:iam::333333333333:role/deploy';

/** The smallest `with:` that works. */
export const MINIMAL = { 'aws-region': 'eu-west-1', 'role-to-assume': DEPLOY };

/** The inputs with the access keys of the lab's IAM user. */
export const USER_KEYS = {
  'aws-access-key-id': 'AKIALABUSER000000001',
  'aws-secret-access-key': 'lab0secret/of+the0user/ci0000000000000001',
};

interface StepOptions extends JobStepOptions {
  /** The folder of the action; the main one when left out. */
  readonly action?: string;
}

export interface TestJob {
  readonly lab: Lab;
  readonly job: Job;
  /** Runs the built action; checks that no secret shows and no text becomes a command. */
  uses(inputs: Readonly<Record<string, string>>, options?: StepOptions): Promise<StepResult>;
  /** Runs the post steps; checks that no secret shows and no text becomes a command. */
  finish(options?: StepOptions): Promise<StepResult[]>;
}

export type TestJobOptions = LabOptions & Omit<JobOptions, 'lab'>;

/** A lab and a job for one test. */
export async function withJob(
  options: TestJobOptions,
  test: (context: TestJob) => Promise<void>,
): Promise<void> {
  const lab = await startLab(options);
  const job = await Job.start({ ...options, lab });
  const watch = (before: BeforeStep) => {
    return (step: StepResult, inputs?: Readonly<Record<string, string>>) => {
      assertNoSecrets(step, lab, before, inputs);
      assertOnlyOurCommands(step);
      assertAnnotationsFit(step);
      return step;
    };
  };
  try {
    await test({
      lab,
      job,
      async uses(inputs, { action = '.', ...stepOptions } = {}) {
        const check = watch(beforeStep(lab, job.environment, job.masks));
        recordInputs(action, inputs);
        const step = check(await job.uses(action, inputs, stepOptions), inputs);
        return { ...step, outputs: recordingOutputs(action, step.outputs) };
      },
      async finish(stepOptions) {
        const check = watch(beforePostStep(lab, job.environment, job.masks));
        return (await job.finish(stepOptions)).map((step) => check(step));
      },
    });
  } finally {
    await job.dispose();
    await lab.close();
  }
}

/** Fails when the runner would cut an annotation, and what to do next with it. */
function assertAnnotationsFit({ commands }: StepResult): void {
  for (const { command, message } of commands) {
    if (['error', 'warning', 'notice'].includes(command) && message.length > 4096)
      throw new Error(`the runner cuts this ${command}: ${message}`);
  }
}

/** The step's failure as the job page shows it; throws when it did not fail. */
export function errorOf(step: StepResult): string {
  const error = step.commands.find(({ command }) => command === 'error');
  if (step.exitCode !== 1 || error === undefined) throw new Error(`the step did not fail: ${step.log}`);
  // An assertion for jest, too: a test that calls this has proved something.
  expect(error.message).not.toBe('');
  return error.message;
}

/** What the step did to the runner: nothing, if it is as it was. */
export function traces({ environment, outputs }: StepResult): object {
  return { environment, outputs };
}

export const NO_TRACES = { environment: {}, outputs: {} };

/** The command stream with everything replaced that differs from run to run. */
export function snapshotOf(step: StepResult, lab: Lab): object {
  const names = new Map([
    ...lab.secrets().map((secret, index) => [secret, `<secret ${index + 1}>`] as const),
    ...lab.accessKeyIds().map((id, index) => [id, `<access key ${index + 1}>`] as const),
  ]);
  const replace = (text: string) =>
    [...names]
      .sort(([a], [b]) => b.length - a.length)
      .reduce((known, [value, name]) => known.replaceAll(value, name), text)
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
      .replaceAll(/AROA[A-Z2-7]{17}/g, '<role id>')
      .replaceAll(/\d+ ms\b/g, '<ms>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '<lab>');
  const values = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, replace(value)]));
  return {
    exitCode: step.exitCode,
    stdout: replace(step.stdout).trimEnd().split('\n'),
    environment: values(step.environment),
    outputs: values(step.outputs),
    state: values(step.state),
  };
}
