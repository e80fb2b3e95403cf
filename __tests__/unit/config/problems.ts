/** Runs readers of inputs on texts and lists the problems that they note. */
import { InputReader } from '../../../src/config/input-reader.ts';
import type { InputName } from '../../../src/config/inputs.ts';
import { ActionError, type ErrorPart } from '../../../src/platform/errors.ts';

export type Inputs = Readonly<Partial<Record<InputName, string>>>;

export const textOf = (inputs: Inputs) => (name: InputName) => inputs[name] ?? '';

export const readerOf = (inputs: Inputs) => new InputReader(textOf(inputs));

/** The problems in the error that `work` throws; empty if it throws none. */
export function partsOf(work: () => unknown): readonly ErrorPart[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof ActionError) || error.code !== 'INVALID_INPUT') throw error;
    return error.details.parts ?? [error.details];
  }
  return [];
}

/** The inputs and variables at fault, each with what was found: `aws-region: nothing`. */
export function problemsOf(work: () => unknown): string[] {
  return partsOf(work).map(({ problem, found }) => {
    const [, subject] = /^The (?:input|variable) (.*) is not valid\.$/.exec(problem) ?? [];
    return `${subject}: ${found}`;
  });
}

/** {@link problemsOf} those that `inputs` has noted. */
export const problemsIn = (inputs: InputReader) => problemsOf(() => inputs.assertNoProblems());
