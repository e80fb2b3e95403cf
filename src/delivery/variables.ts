import { CREDENTIAL_VARIABLES } from '../identity/ambient-variables.ts';
import type { Environment, Runner } from '../runner/runner.ts';
import type { Session } from '../session/session.ts';

/** The name under which the post step finds what this invocation replaced. */
const STATE = 'replaced-variables';

/** Variables by name, with the values that later steps get. */
export type Variables = Readonly<Record<string, string>>;

/** Variables by name that empty what an earlier step or the runner left. */
export const CLEARED: Variables = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_SESSION_TOKEN: '',
  AWS_REGION: '',
  AWS_DEFAULT_REGION: '',
};

export function credentialVariables({ credentials }: Session): Variables {
  return {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Long-lived keys have none; one of somebody else must not stay beside them.
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
  };
}

export function regionVariables(region: string): Variables {
  return { AWS_REGION: region, AWS_DEFAULT_REGION: region };
}

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
 * Gives later post steps the variables that this invocation found. One that was not set becomes empty, as the runner
 * cannot unset it. Post steps run in reverse order, so that several invocations nest.
 *
 * @param env what is in force now; a variable that has its value again, after `logout` for instance, is left alone
 * @returns the names restored
 */
export function restoreVariables(runner: Runner, env: Environment): string[] {
  const state = runner.state(STATE);
  if (state === '') return [];
  const replaced = JSON.parse(state) as Variables;
  const changed = Object.entries(replaced).filter(([name, value]) => (env[name] ?? '') !== value);
  for (const [name, value] of changed) runner.exportVariable(name, value);
  return changed.map(([name]) => name);
}
