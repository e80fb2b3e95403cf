import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  CREDENTIAL_VARIABLES,
  credentialsInVariables,
  isOfAws,
  PLACE_VARIABLES,
} from '../aws/client-variables.ts';
import type { Config, IdentityConfig } from '../config/config.ts';
import type { Delivered, Plan, PlanNode, ProfileToWrite } from '../plan/plan.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import { replaceFile } from '../platform/files/replace-file.ts';
import { parseJson } from '../platform/json.ts';
import { DEFAULT_REFUSALS } from '../platform/retry.ts';
import type { ConnectionSettings } from '../session/connect.ts';

/** All that a later process needs to obtain the sessions of a step again. Every session to deliver has a name here. */
export interface StoredPlan {
  readonly version: 2;
  readonly plan: Pick<Plan, 'nodes'> & { readonly delivered: readonly NamedDelivery[] };
  readonly settings: ConnectionSettings;
  /** Seconds for one refresh when there is no session to fall back on; 0 for no limit. */
  readonly timeoutSeconds: number;
  readonly allowedAccountIds: readonly string[] | undefined;
  /**
   * Where the step asked for the OIDC token, for an identity that is one: only there goes the bearer, which each process
   * takes from its own environment, as it is not to be written down. GitHub gives both to a job, not to a step.
   */
  readonly oidcRequestUrl: string | undefined;
  /**
   * For an identity that is what the environment has: the variables of AWS as the step found them, without keys. Those of
   * later steps lead to the refreshed session itself, which would then start from itself, or to another STS.
   */
  readonly variables: Readonly<Record<string, string>>;
}

export interface NamedDelivery extends Delivered {
  readonly profile: ProfileToWrite;
}

/** The file of a stored plan in its folder, which also has the cached sessions. */
export const planFile = (folder: string) => path.join(folder, 'plan.json');

/**
 * The plan of a run as it can be carried out later, in another process and another folder.
 *
 * @param delivered the sessions of the plan, each with a name
 */
export function storablePlan(
  config: Config,
  nodes: readonly PlanNode[],
  delivered: readonly NamedDelivery[],
  settings: ConnectionSettings,
  env: Environment,
): StoredPlan {
  const stored = nodes.map((node): PlanNode => {
    const { source } = node;
    return source.kind === 'identity'
      ? { ...node, source: { ...source, identity: storableIdentity(source.identity, env) } }
      : node;
  });
  const startsFrom = (kind: IdentityConfig['kind']) =>
    stored.some(({ source }) => source.kind === 'identity' && source.identity.kind === kind);
  return {
    version: 2,
    plan: { nodes: stored, delivered },
    // A role that was just made is known by now; whoever asks for a renewal is waiting.
    settings: { ...settings, refusals: DEFAULT_REFUSALS },
    timeoutSeconds: config.timeoutSeconds,
    allowedAccountIds: config.guards.allowedAccountIds,
    oidcRequestUrl: startsFrom('github-oidc') ? env.ACTIONS_ID_TOKEN_REQUEST_URL : undefined,
    variables: startsFrom('ambient') ? variablesOfAws(env) : {},
  };
}

/** Keys in variables are cleared for later steps, so they are kept; a relative path is tied to where it is now. */
function storableIdentity(identity: IdentityConfig, env: Environment): IdentityConfig {
  if (identity.kind === 'web-identity-file')
    return { ...identity, path: path.resolve(env.GITHUB_WORKSPACE ?? '.', identity.path) };
  if (identity.kind !== 'ambient') return identity;
  const credentials = identity.ignoreVariables ? undefined : credentialsInVariables(env);
  return credentials === undefined ? { ...identity, ignoreVariables: true } : { kind: 'static', credentials };
}

/** Empty ones among them are those that a session which refreshes itself sets for later steps. */
function variablesOfAws(env: Environment): Readonly<Record<string, string>> {
  const names = [...PLACE_VARIABLES, ...Object.keys(env).filter(isOfAws)];
  const kept = names.filter((name) => !CREDENTIAL_VARIABLES.some((key) => key === name));
  return Object.fromEntries(kept.map((name) => [name, env[name] ?? '']));
}

/** The environment in which a plan is carried out again: what decides where anything goes is the step's, not `env`'s. */
export function environmentFor(stored: StoredPlan, env: Environment): Environment {
  const { oidcRequestUrl, variables } = stored;
  const kept = Object.entries(env).filter(([name]) => !needsOwnEnvironment(stored) || !isOfAws(name));
  return {
    ...Object.fromEntries(kept),
    ...variables,
    ...(oidcRequestUrl !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: oidcRequestUrl }),
  };
}

/** Whether the sessions start from what the environment of the step has. */
export function needsOwnEnvironment({ variables }: StoredPlan): boolean {
  return Object.keys(variables).length > 0;
}

/** Whether the sessions start from one that ends itself, and nothing can renew. */
export function startsFromSession({ plan }: StoredPlan): boolean {
  return plan.nodes.some(
    ({ source }) =>
      source.kind === 'identity' &&
      source.identity.kind === 'static' &&
      source.identity.credentials.sessionToken !== undefined,
  );
}

export async function writePlan(folder: string, plan: StoredPlan): Promise<void> {
  await replaceFile(planFile(folder), JSON.stringify(plan), 0o600);
}

/**
 * Reads what {@link writePlan} wrote.
 *
 * @throws ActionError `REFRESH_PLAN_UNUSABLE`
 */
export async function readPlan(file: string): Promise<StoredPlan> {
  const text = await readFile(file, 'utf8').catch((cause: { code?: string }) => {
    throw unusable(
      file,
      cause.code === 'ENOENT' ? 'no such file' : `a file that cannot be read (${cause.code})`,
    );
  });
  const stored = parseJson(text) as (Partial<StoredPlan> & Record<string, unknown>) | null | undefined;
  if (
    stored?.version !== 2 ||
    !Array.isArray(stored.plan?.nodes) ||
    !Array.isArray(stored.plan.delivered) ||
    !Array.isArray(stored.settings?.endpoints) ||
    typeof stored.settings.proxy !== 'object' ||
    typeof stored.variables !== 'object'
  ) {
    throw unusable(file, 'a file that this version of the action did not write');
  }
  const { settings } = stored as StoredPlan;
  const { httpProxy, noProxy } = settings.proxy;
  // As JSON it is text.
  const proxy = { noProxy, httpProxy: httpProxy === undefined ? undefined : new URL(httpProxy) };
  return { ...(stored as StoredPlan), settings: { ...settings, proxy } };
}

function unusable(file: string, found: string): ActionError {
  return new ActionError('REFRESH_PLAN_UNUSABLE', {
    problem: `The stored plan ${file} cannot be used, so the session cannot be renewed.`,
    found,
    expected: 'the file that the step with refresh wrote, which its post step and logout remove',
    remedy:
      "Ask for credentials only while the job runs, and let no step clear the runner's temporary folder; else run the step again.",
  });
}
