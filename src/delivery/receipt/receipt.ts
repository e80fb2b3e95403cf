import { accountOfArn, roleOfSession } from '../../aws/arn.ts';
import { cloudTrailLink } from '../../aws/console.ts';
import type { Config } from '../../config/config.ts';
import type { Delivered, Plan } from '../../plan/plan.ts';
import type { Environment } from '../../platform/environment.ts';
import { ActionError } from '../../platform/errors.ts';
import { runLink } from '../../platform/runner/run-link.ts';
import type { DeliveredSession } from '../../session/delivered-sessions.ts';
import type { Obtained } from '../../session/obtain-sessions.ts';

/** A run as far as it has come. */
export interface RunState {
  readonly config?: Config | undefined;
  readonly plan?: Plan | undefined;
  /** The sessions of a step that carried out no plan (`use-existing-credentials`). */
  readonly sessions: readonly DeliveredSession[];
  readonly outcomes?: Obtained | undefined;
}

/** What became of a session. `not delivered`: STS issued it, but the step failed. */
export type Status = 'failed' | 'not requested' | 'not delivered' | 'planned' | 'delivered';

/** One session that a step was to deliver. Texts are empty, or absent, where nothing is known. */
export interface Entry {
  readonly profile: string;
  /** The organizational unit of the account. */
  readonly unit?: string | undefined;
  readonly account: string;
  readonly role: string;
  readonly region: string;
  readonly status: Status;
  readonly failure?: { readonly code: string; readonly cause: string };
  readonly arn?: string;
  readonly expiration?: string | undefined;
  readonly assumedRoleId?: string;
  readonly requestId?: string;
  /** The page of the CloudTrail console with the events of the session. */
  readonly cloudTrail?: string | undefined;
}

/** The result of a step for its readers, without secrets, and without account IDs if they are masked. */
export interface Receipt {
  readonly result: 'delivered' | 'failed' | 'dry-run';
  readonly run: { readonly id: string; readonly attempt: string; readonly url: string } | undefined;
  readonly error:
    | {
        readonly code: string;
        readonly problem: string;
        readonly inputs: readonly string[];
        readonly remedy: string;
      }
    | undefined;
  /** The name of the sessions in CloudTrail, if they share one. */
  readonly sessionName: string | undefined;
  readonly entries: readonly Entry[];
}

/**
 * Replaces account IDs with asterisks. The ID of the run can have as many digits.
 *
 * @param state the inputs of a step that failed early are unknown, so its account IDs are hidden
 */
export function accountHider({ config }: RunState, env: Environment): (text: string) => string {
  if (config?.delivery.maskAccountId === false) return (text) => text;
  return (text) =>
    text.replaceAll(/(?<!\d)\d{12}(?!\d)/g, (digits) =>
      digits === env.GITHUB_RUN_ID ? digits : '*'.repeat(digits.length),
    );
}

/** @param error why nothing was delivered, if the step failed */
export function receiptOf(state: RunState, env: Environment, error?: ActionError): Receipt {
  const { config, plan, sessions, outcomes } = state;
  const hide = accountHider(state, env);
  const isDry = config?.dryRun === true && error === undefined;
  const byKey = config?.delivery.maskAccessKeyId === false;
  const isExisting = outcomes === undefined && error === undefined && !isDry;
  const sessionName = sharedSessionName(plan);
  const entries = isExisting
    ? sessions.map((session) => sessionEntry(session, 'delivered', byKey))
    : (plan?.delivered ?? []).map((entry) => planEntry(entry, { state, error, isDry, byKey }));
  return {
    result: resultOf(isDry, error),
    run: runLink(env),
    error: error && errorOf(error, hide),
    sessionName: sessionName && hide(sessionName),
    entries: entries.map((entry) => hidden(entry, hide)),
  };
}

function resultOf(isDry: boolean, error: ActionError | undefined): Receipt['result'] {
  if (error !== undefined) return 'failed';
  return isDry ? 'dry-run' : 'delivered';
}

function errorOf({ code, details }: ActionError, hide: (text: string) => string): Receipt['error'] {
  const { problem, parts = [], remedy } = details;
  const inputs = parts.filter(({ about }) => about === undefined).map((part) => hide(part.problem));
  return { code, problem: hide(problem), inputs, remedy: hide(remedy) };
}

interface Situation {
  readonly state: RunState;
  readonly error: ActionError | undefined;
  readonly isDry: boolean;
  readonly byKey: boolean;
}

function planEntry(
  delivered: Delivered,
  { state: { plan, outcomes }, error, isDry, byKey }: Situation,
): Entry {
  const outcome = outcomes?.get(delivered.node);
  if (outcome !== undefined && !(outcome instanceof ActionError)) {
    const status = error === undefined ? 'delivered' : 'not delivered';
    return sessionEntry({ ...delivered, session: outcome }, status, byKey);
  }
  const request = plan?.nodes.find(({ id }) => id === delivered.node)?.request;
  const role = request !== undefined && 'role' in request ? request.role : undefined;
  const known = {
    ...placeOf(delivered),
    account: role?.accountId ?? '',
    role: role?.name ?? '',
  };
  if (outcome === undefined) return { ...known, status: isDry ? 'planned' : 'not requested' };
  const { code, details } = outcome;
  return { ...known, status: 'failed', failure: { code, cause: details.likely ?? details.problem } };
}

function sessionEntry(delivered: DeliveredSession, status: Status, byKey: boolean): Entry {
  const { session, region } = delivered;
  return {
    ...placeOf(delivered),
    account: session.accountId || accountOfArn(session.arn),
    role: roleOfSession(session.arn)?.name ?? session.arn,
    status,
    arn: session.arn,
    expiration: session.credentials.expiration?.toISOString(),
    assumedRoleId: session.userId,
    requestId: session.requestId,
    cloudTrail: cloudTrailLink(session, region, byKey),
  };
}

function placeOf({ profile, unit, region }: Delivered): Pick<Entry, 'profile' | 'unit' | 'region'> {
  return { profile: profile?.name ?? '', ...(unit !== undefined && { unit }), region };
}

function sharedSessionName(plan: Plan | undefined): string | undefined {
  const names = new Set(
    plan?.nodes.flatMap(({ request }) => ('sessionName' in request ? request.sessionName : [])),
  );
  return names.size === 1 ? [...names][0] : undefined;
}

/** An entry in which every text went through `hide`. */
function hidden(entry: Entry, hide: (text: string) => string): Entry {
  const { failure, ...texts } = entry;
  const shown = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text && hide(text)]),
  ) as Omit<Entry, 'failure'>;
  return { ...shown, ...(failure && { failure: { ...failure, cause: hide(failure.cause) } }) };
}
