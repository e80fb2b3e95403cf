import {
  CLEARED,
  CREDENTIAL_VARIABLES,
  clearedFor,
  credentialVariables,
  PROFILE_VARIABLES,
  profileVariables,
  REGION_VARIABLES,
  regionVariables,
  type Variables,
} from '../aws/client-variables.ts';
import type { Environment } from '../platform/environment.ts';
import type { Runner } from '../platform/runner/runner.ts';
import type { Refreshing } from '../refresh/start-refreshing.ts';
import type { Authenticated, DeliveredSession } from '../session/delivered-sessions.ts';

/**
 * The rules for the variables of later steps. Every client reads variables before profiles: keys before `AWS_PROFILE`, and
 * `AWS_REGION` before the region of a profile. So each step leaves one consistent set of variables behind, and the last
 * step wins:
 *
 * - The region goes with the keys. A step that exports no keys leaves the region of the job as it is.
 * - `default-profile` exports `AWS_PROFILE` only, so that `AWS_PROFILE=dev tool` and `--profile dev` mean the same.
 * - The runner cannot unset a variable. What an earlier step of this action exported is replaced by the value for this step.
 * - The post step and `logout` restore the values that a step replaced, as far as clients accept them.
 */
export interface StepEnvironment extends Pick<Authenticated, 'config' | 'ambient'> {
  /** Sessions with the profiles of {@link needsProfile}. */
  readonly sessions: readonly DeliveredSession[];
  readonly refreshing: Pick<Refreshing, 'variables'> | undefined;
  readonly exportedBefore: ReadonlySet<string>;
  readonly env: Environment;
}

/** Whether the default session needs a profile: clients that read `AWS_PROFILE` first would use an earlier one. */
export function needsProfile({
  config: { delivery },
  exportedBefore,
  env,
}: Pick<StepEnvironment, 'config' | 'exportedBefore' | 'env'>): boolean {
  if (!delivery.environment || !env.AWS_PROFILE) return false;
  return exportedBefore.has('AWS_PROFILE') || delivery.refresh === 'broker';
}

/** The session that the environment of later steps leads to; undefined when this step exports none. */
export function exportedSession({
  config,
  ambient,
  sessions,
}: StepEnvironment): DeliveredSession | undefined {
  return config.delivery.environment && !ambient ? sessions.find(({ isDefault }) => isDefault) : undefined;
}

/** The variables that a step exports. */
export function variablesToExport(step: StepEnvironment): Variables {
  const current = exportedSession(step);
  return {
    ...(step.config.delivery.unsetCurrent && CLEARED),
    ...(current !== undefined && sessionVariables(current, step)),
    ...exportedRegion(step),
  };
}

function sessionVariables(
  { profile, session }: DeliveredSession,
  { config, refreshing, env }: StepEnvironment,
): Variables {
  const exportsKeys = refreshing === undefined && config.delivery.keys;
  return {
    ...(exportsKeys ? credentialVariables(session) : clearedFor(env)),
    ...refreshing?.variables,
    ...(profile !== undefined && profileVariables(profile.name, env)),
  };
}

/** A profile has its own region, but a region that an earlier step exported would override it. */
function exportedRegion({ config, sessions, exportedBefore }: StepEnvironment): Variables {
  const { delivery, region } = config;
  const defaultSession = sessions.find(({ isDefault }) => isDefault);
  const overrides = delivery.environment && exportedBefore.has('AWS_REGION');
  const goesWithKeys = defaultSession !== undefined && (delivery.keys || overrides);
  return (delivery.region ?? goesWithKeys) ? regionVariables(defaultSession?.region ?? region) : {};
}

/** Warnings for variables that contradict what a step delivers. */
export function contradictions(step: StepEnvironment, variables: Variables): readonly string[] {
  const current = exportedSession(step);
  if (current === undefined || !variables.AWS_ACCESS_KEY_ID) return [];
  const { config, sessions, env } = step;
  const warnings: string[] = [];
  if (config.profiles !== undefined && sessions.length > 1) {
    warnings.push(
      `output-env-credentials: true exports the keys and the region of ${current.profile?.name} in addition to the profiles. Most clients read these first, so AWS_PROFILE=NAME has no effect on them. Use --profile NAME --region REGION, or remove output-env-credentials.`,
    );
  }
  if (env.AWS_PROFILE && variables.AWS_PROFILE === undefined) {
    warnings.push(
      `AWS_PROFILE is ${env.AWS_PROFILE}, set by the workflow or another action. The AWS CLI and most SDKs use the keys of this step; the SDK for JavaScript uses that profile. Remove AWS_PROFILE from the job.`,
    );
  }
  return warnings;
}

/**
 * The values that restore what a step replaced, as far as clients accept them: the AWS CLI rejects an empty `AWS_REGION`,
 * and takes an empty `AWS_PROFILE` for the name of a profile.
 *
 * @param replaced by name; empty for a variable that was not set
 * @param env the current values; a variable that has the right value is left out
 * @param hasDefault whether the shared config files have a `[default]` section
 */
export function valuesToRestore(replaced: Variables, env: Environment, hasDefault: boolean): Variables {
  const region = REGION_VARIABLES.map((name) => replaced[name]).find((value) => value);
  const restored = (name: string, value: string): string | undefined => {
    if (value !== '') return value;
    // Both region variables had the same meaning; where neither was set, the region of the step stays.
    if (REGION_VARIABLES.includes(name)) return region;
    return hasDefault && PROFILE_VARIABLES.includes(name) ? 'default' : '';
  };
  const values = Object.entries(replaced).flatMap(([name, value]): [string, string][] => {
    const wanted = restored(name, value);
    return wanted === undefined || wanted === (env[name] ?? '') ? [] : [[name, wanted]];
  });
  return Object.fromEntries(values);
}

const STATE = 'replaced-variables';

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
