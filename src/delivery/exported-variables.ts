import { CREDENTIAL_VARIABLES, type Variables } from '../aws/client-variables.ts';
import type { Environment } from '../platform/environment.ts';
import type { Runner } from '../platform/runner/runner.ts';
import { valuesToRestore } from './environment-after-step.ts';

/** The state in which the post step finds the values that this step replaced. */
const STATE = 'replaced-variables';

/** Variables whose replaced values are masked before they are saved. */
const SECRET = new Set<string>([...CREDENTIAL_VARIABLES, 'AWS_CONTAINER_AUTHORIZATION_TOKEN']);

/** Exports variables after it has saved the values that they replace, for {@link restoreVariables}. */
export function exportVariables(variables: Variables, env: Environment, runner: Runner): void {
  const names = Object.keys(variables);
  if (names.length === 0) return;
  const replaced = Object.fromEntries(names.map((name) => [name, env[name] ?? '']));
  for (const [name, value] of Object.entries(replaced)) if (SECRET.has(name)) runner.mask(value);
  runner.saveState(STATE, JSON.stringify(replaced));
  for (const [name, value] of Object.entries(variables)) runner.exportVariable(name, value);
}

/**
 * For the post step: restores the variables that this step replaced. Post steps run in reverse order, so that several steps
 * nest.
 *
 * @param hasDefault whether the shared config files have a `[default]` section
 * @returns the names of the restored variables
 */
export function restoreVariables(runner: Runner, env: Environment, hasDefault: boolean): readonly string[] {
  const state = runner.state(STATE);
  if (state === '') return [];
  const values = valuesToRestore(JSON.parse(state) as Variables, env, hasDefault);
  for (const [name, value] of Object.entries(values)) runner.exportVariable(name, value);
  return Object.keys(values);
}
