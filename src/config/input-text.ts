import type { Environment } from '../platform/environment.ts';
import { INPUTS, type Input, type InputName } from './inputs.ts';
import { boolean } from './text-parsers.ts';

/** Returns the text of an input, empty if it is not given. */
export interface InputText {
  (name: InputName): string;
  /** The environment variable that supplies the text; undefined if the workflow does. */
  readonly variableFor?: (name: InputName) => string | undefined;
}

/** Reads the inputs of the workflow and, where one is empty, the variable that supplies it. */
export function inputText(input: (name: string) => string, env: Environment): InputText {
  const translate = boolean(input('translate-env-variables').trim());
  if ('value' in translate && !translate.value) return input;
  const variableFor = (name: InputName) => {
    const variable = name.toUpperCase().replaceAll('-', '_');
    return !input(name) && (INPUTS[name] as Input).variable && env[variable] ? variable : undefined;
  };
  const read = (name: InputName) => {
    const variable = variableFor(name);
    return variable === undefined ? input(name) : (env[variable] ?? '');
  };
  return Object.assign(read, { variableFor });
}
