import type { Config } from './config.ts';
import type { InputReader, Problem } from './input-reader.ts';

/** A config in which required parts are undefined if their inputs have problems. */
export type Draft = {
  readonly [Part in keyof Config]: Part extends 'region' | 'partition' | 'identity'
    ? Config[Part] | undefined
    : Config[Part];
};

/** Finds a problem of inputs that are valid by themselves and not valid together. */
export type Rule = (draft: Draft, inputs: InputReader) => Problem | false | undefined;

/** Whether requests are signed with access keys, as opposed to a token or an assertion. */
export const isSigned = ({ identity }: Draft) => identity?.kind === 'static' || identity?.kind === 'ambient';
