import { type Datum, dataOf, openOf } from '../expressions/datum.ts';
import { evaluateNode, type Surroundings } from '../expressions/evaluate-node.ts';
import { anyText, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entryOf } from '../yaml/yaml-node.ts';
import { valueFor } from './contexts.ts';

/** Variables that a workflow sets; undefined for those that none of its `env` sets. */
export type StaticEnv = (name: string, situation: Situation) => readonly Way<Datum>[] | undefined;

export const NO_ENV: StaticEnv = () => undefined;

/**
 * The variables of an `env`, and of the ones around it for those that it does not set.
 *
 * @param around where the texts of `env` stand
 */
export function envWith(env: YamlNode | undefined, around: Surroundings, outer: StaticEnv): StaticEnv {
  return (name, situation) => {
    if (env?.kind === 'scalar' && typeof env.value === 'string') return oneWay(situation, inTheRun(name));
    const entry = entryOf(env, name);
    return entry === undefined ? outer(name, situation) : evaluateNode(entry.value, around, situation);
  };
}

/** The variables of `env`, those that earlier commands may have written aside (GitHub Docs, "Setting an environment variable"). */
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

/** What the input `variables` has for a variable that is not known otherwise. */
export function envFromVariables(name: string, values: Readonly<Record<string, string>> | undefined): Datum {
  const found = valueFor(name, values);
  return found === undefined ? inTheRun(name) : dataOf(found);
}

function inTheRun(name: string): Datum {
  const variable = `env.${name}`;
  return openOf(variable, anyText('unknown', variable, `${variable} is known only in the run`));
}
