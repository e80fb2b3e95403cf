import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CREDENTIAL_VARIABLES, credentialsInVariables, PLACE_VARIABLES } from '../../aws/client-variables.ts';
import type { Config, GuardConfig, IdentityConfig } from '../../config/config.ts';
import type { Delivered, Plan, PlanNode, ProfileToWrite } from '../../plan/plan.ts';
import type { Environment } from '../../platform/environment.ts';
import { ActionError } from '../../platform/errors.ts';
import { unreadableBecauseOf } from '../../platform/files/regular-file.ts';
import { replaceFile } from '../../platform/files/replace-file.ts';
import { parseJson } from '../../platform/json.ts';
import { DEFAULT_REFUSALS } from '../../platform/retry.ts';
import { type ConnectionSettings, connectionSettings } from '../../session/connect.ts';
import { guardsForRefresh } from '../../session/guards.ts';

/** Changes with the format: steps of one job can use different versions of the action. */
const VERSION = 4;

/** Everything that a later process needs to obtain the sessions of a step again. */
export interface StoredPlan {
  readonly version: typeof VERSION;
  readonly plan: Pick<Plan, 'nodes'> & { readonly delivered: readonly StoredDelivery[] };
  readonly settings: ConnectionSettings;
  /** Seconds for a refresh when there is no valid session to hand out; 0 for no limit. */
  readonly timeoutSeconds: number;
  readonly guards: GuardConfig;
  /**
   * Where the step requested its OIDC token; undefined for other identities. The bearer token is sent only there. Each
   * process takes it from its own environment, as it must not be written to disk: it belongs to the whole job.
   */
  readonly oidcRequestUrl: string | undefined;
  /**
   * The AWS variables of the step, without keys; empty unless the identity is the one of the environment. The variables of
   * later steps point to the refreshed session itself, which would then start from itself.
   */
  readonly variables: Readonly<Record<string, string>>;
}

/** A delivered session by its name: every session in a stored plan has one. */
interface StoredDelivery extends Delivered {
  readonly profile: ProfileToWrite;
}

/** The stored plan in a refresh folder; the caches of its sessions are beside it. */
export const planFile = (folder: string) => path.join(folder, 'plan.json');

/** The plan of a step in a form that another process can carry out from another folder. */
export function storablePlan(
  config: Config,
  nodes: readonly PlanNode[],
  delivered: readonly StoredDelivery[],
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
    version: VERSION,
    plan: { nodes: stored, delivered },
    // wait-for-role is for a new role, which exists by now. The caller of a refresh is waiting.
    settings: { ...connectionSettings(config, env), refusals: DEFAULT_REFUSALS },
    timeoutSeconds: config.timeoutSeconds,
    guards: guardsForRefresh(config.guards),
    oidcRequestUrl: startsFrom('github-oidc') ? env.ACTIONS_ID_TOKEN_REQUEST_URL : undefined,
    variables: startsFrom('ambient') ? awsVariables(env) : {},
  };
}

/** Stores keys in variables, which are cleared for later steps, and makes a relative path absolute. */
function storableIdentity(identity: IdentityConfig, env: Environment): IdentityConfig {
  if (identity.kind === 'web-identity-file')
    return { ...identity, path: path.resolve(env.GITHUB_WORKSPACE ?? '.', identity.path) };
  if (identity.kind !== 'ambient') return identity;
  const credentials = identity.ignoreVariables ? undefined : credentialsInVariables(env);
  return credentials === undefined ? { ...identity, ignoreVariables: true } : { kind: 'static', credentials };
}

/** Includes, as empty text, the variables that the step will set for later steps. */
function awsVariables(env: Environment): Readonly<Record<string, string>> {
  const names = [...PLACE_VARIABLES, ...Object.keys(env).filter((name) => name.startsWith('AWS_'))];
  const kept = names.filter((name) => !CREDENTIAL_VARIABLES.some((key) => key === name));
  return Object.fromEntries(kept.map((name) => [name, env[name] ?? '']));
}

/** The environment for a refresh: where requests go follows from the variables of the step, not from those in `env`. */
export function replayEnvironment(stored: StoredPlan, env: Environment): Environment {
  const { oidcRequestUrl, variables } = stored;
  const kept = Object.entries(env).filter(
    ([name]) => !startsFromEnvironment(stored) || !name.startsWith('AWS_'),
  );
  return {
    ...Object.fromEntries(kept),
    ...variables,
    ...(oidcRequestUrl !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: oidcRequestUrl }),
  };
}

/** Whether a session starts from the credentials in the environment of the step. */
export function startsFromEnvironment({ variables }: StoredPlan): boolean {
  return Object.keys(variables).length > 0;
}

/** Whether a session starts from temporary credentials, which nothing can refresh. */
export function startsFromTemporaryCredentials({ plan }: StoredPlan): boolean {
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
 * Reads a plan that {@link writePlan} wrote.
 *
 * @throws ActionError `REFRESH_PLAN_UNUSABLE`
 */
export async function readPlan(file: string): Promise<StoredPlan> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw unusable(file, unreadableBecauseOf(error).unreadable);
  });
  const stored: unknown = parseJson(text);
  if (!isStoredPlan(stored)) throw unusable(file, 'a file that another version of the action wrote');
  const { settings } = stored;
  const { httpProxy, noProxy } = settings.proxy;
  // JSON has a URL as text.
  const proxy = { noProxy, httpProxy: httpProxy === undefined ? undefined : new URL(httpProxy) };
  return { ...stored, settings: { ...settings, proxy } };
}

function isStoredPlan(value: unknown): value is StoredPlan {
  const { version, plan, settings, guards, variables } = (value ?? {}) as Partial<StoredPlan>;
  return (
    version === VERSION &&
    Array.isArray(plan?.nodes) &&
    Array.isArray(plan.delivered) &&
    Array.isArray(settings?.endpoints) &&
    [settings.proxy, guards, variables].every((part) => typeof part === 'object' && part !== null)
  );
}

function unusable(file: string, found: string): ActionError {
  return new ActionError('REFRESH_PLAN_UNUSABLE', {
    problem: `The stored plan ${file} cannot be used, so the session cannot be refreshed.`,
    found,
    expected: 'the file that the step with refresh wrote; its post step and logout remove it',
    remedy:
      "Request credentials only while the job runs, and do not clear the runner's temporary folder before it ends.",
  });
}
