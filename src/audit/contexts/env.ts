import { type Datum, dataOf, openOf } from '../expressions/datum.ts';
import { evaluateNode, type Surroundings } from '../expressions/evaluate-node.ts';
import { anyText, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entryOf } from '../yaml/yaml-node.ts';
import { valueFor } from './contexts.ts';

/** Looks up a variable that an `env` of the workflow sets; undefined when none does. */
export type StaticEnv = (name: string, situation: Situation) => readonly Way<Datum>[] | undefined;

export const NO_ENV: StaticEnv = () => undefined;

/**
 * The variables of an `env`, then those of the outer ones.
 *
 * @param around the surroundings of the texts in `env`
 */
export function envWith(env: YamlNode | undefined, around: Surroundings, outer: StaticEnv): StaticEnv {
  return (name, situation) => {
    if (env?.kind === 'scalar' && typeof env.value === 'string') return oneWay(situation, inTheRun(name));
    const entry = entryOf(env, name);
    return entry === undefined ? outer(name, situation) : evaluateNode(entry.value, around, situation);
  };
}

/** The variables after commands that can overwrite them (GitHub Docs, "Setting an environment variable"). */
export function envAfter(
  commands: readonly string[],
  env: StaticEnv,
  values: Readonly<Record<string, string>> | undefined,
): StaticEnv {
  const written = (name: string) =>
    commands.some((command) => /GITHUB_ENV|::set-env/.test(command) && command.includes(name));
  return (name, situation) =>
    written(name) ? oneWay(situation, envFromVariables(name, values)) : env(name, situation);
}

/** An unknown variable, or its value in the input `variables`. */
export function envFromVariables(name: string, values: Readonly<Record<string, string>> | undefined): Datum {
  const found = valueFor(name, values);
  return found === undefined ? inTheRun(name) : dataOf(found);
}

function inTheRun(name: string): Datum {
  const variable = `env.${name}`;
  return openOf(variable, anyText('unknown', variable, `${variable} is known only at run time`));
}
