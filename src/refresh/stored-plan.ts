import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Config, IdentityConfig } from '../config/config.ts';
import { ActionError } from '../errors.ts';
import { replaceFile } from '../files/replace-file.ts';
import { credentialsInVariables, PLACE_VARIABLES } from '../identity/ambient-variables.ts';
import { parseJson } from '../json.ts';
import type { Delivered, Plan, PlanNode, ProfileToWrite } from '../plan/plan.ts';
import { DEFAULT_REFUSALS } from '../retry.ts';
import type { Environment } from '../runner/runner.ts';
import type { ConnectionSettings } from '../session/connect.ts';

/** All that a later process needs to obtain the sessions of a step again. Every session to deliver has a name here. */
export interface StoredPlan {
  readonly version: 1;
  readonly plan: Pick<Plan, 'nodes'> & { readonly delivered: readonly NamedDelivery[] };
  readonly settings: ConnectionSettings;
  /** Seconds for one refresh when there is no session to fall back on; 0 for no limit. */
  readonly timeoutSeconds: number;
  readonly allowedAccountIds: readonly string[] | undefined;
  /**
   * For an identity that is what the environment has: variables as the step found them. Those of later steps lead to the
   * refreshed session itself, which would then start from itself.
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
  const ambient = stored.some(
    ({ source }) => source.kind === 'identity' && source.identity.kind === 'ambient',
  );
  return {
    version: 1,
    plan: { nodes: stored, delivered },
    // A role that was just made is known by now; whoever asks for a renewal is waiting.
    settings: { ...settings, refusals: DEFAULT_REFUSALS },
    timeoutSeconds: config.timeoutSeconds,
    allowedAccountIds: config.guards.allowedAccountIds,
    variables: ambient ? Object.fromEntries(PLACE_VARIABLES.map((name) => [name, env[name] ?? ''])) : {},
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
    stored?.version !== 1 ||
    !Array.isArray(stored.plan?.nodes) ||
    !Array.isArray(stored.plan.delivered) ||
    typeof stored.settings?.sts !== 'object' ||
    typeof stored.variables !== 'object'
  ) {
    throw unusable(file, 'a file that this version of the action did not write');
  }
  const { settings } = stored as StoredPlan;
  const url = (text: unknown) => (typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined);
  const { endpoint, proxy } = settings.sts;
  const sts = {
    ...settings.sts,
    endpoint: url(endpoint),
    proxy: { ...proxy, httpProxy: url(proxy?.httpProxy), noProxy: proxy?.noProxy },
  };
  return { ...(stored as StoredPlan), settings: { ...settings, sts } };
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
