import {
  CREDENTIAL_VARIABLES,
  PROFILE_VARIABLES,
  REGION_VARIABLES,
  type Variables,
} from '../aws/client-variables.ts';
import type { Environment } from '../platform/environment.ts';
import type { Runner } from '../platform/runner/runner.ts';

/** The name under which the post step finds what this invocation replaced. */
const STATE = 'replaced-variables';

/** Variables whose former values are masked before they are put aside. */
const SECRET = new Set<string>([...CREDENTIAL_VARIABLES, 'AWS_CONTAINER_AUTHORIZATION_TOKEN']);

/** Exports `variables` after putting aside what they replace, for {@link restoreVariables}. */
export function exportVariables(variables: Variables, env: Environment, runner: Runner): void {
  const names = Object.keys(variables);
  if (names.length === 0) return;
  const replaced = Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
  for (const [name, value] of Object.entries(replaced)) {
    if (SECRET.has(name)) runner.mask(value);
  }
  runner.saveState(STATE, JSON.stringify(replaced));
  for (const [name, value] of Object.entries(variables)) runner.exportVariable(name, value);
}

/**
 * The values that give back what was `replaced`, as far as the runner can: it cannot unset a variable, and clients read an
 * empty one differently. The AWS CLI refuses an empty `AWS_REGION`, so a region that nobody had set before stays, and where
 * one of the two variables had a value, the other gets it, too. The CLI takes an empty `AWS_PROFILE` for the name of a profile, so that becomes `default` where there is such a section.
 *
 * @param env what the variables hold now; what is right already is left out
 */
export function valuesToGiveBack(replaced: Variables, env: Environment, hasDefault: boolean): Variables {
  const [region] = REGION_VARIABLES.map((name) => replaced[name]).filter((value) => value);
  const values = Object.entries(replaced).flatMap(([name, value]): [string, string][] => {
    const isRegion = REGION_VARIABLES.includes(name);
    if (isRegion && region === undefined) return [];
    const instead = isRegion ? region : hasDefault && PROFILE_VARIABLES.includes(name) && 'default';
    const given = value || instead || '';
    return given === (env[name] ?? '') ? [] : [[name, given]];
  });
  return Object.fromEntries(values);
}

/**
 * Gives later post steps the variables that this invocation found. Post steps run in reverse order, so that several
 * invocations nest.
 *
 * @param hasDefault whether there is a `[default]` section
 * @returns the names restored
 */
export function restoreVariables(runner: Runner, env: Environment, hasDefault: boolean): string[] {
  const state = runner.state(STATE);
  if (state === '') return [];
  const values = valuesToGiveBack(JSON.parse(state) as Variables, env, hasDefault);
  for (const [name, value] of Object.entries(values)) runner.exportVariable(name, value);
  return Object.keys(values);
}
