import { roleOfSession } from '../aws/arn.ts';
import type { Session } from '../aws/session.ts';
import type { Config } from '../config/config.ts';
import { type Plan, targetOf } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import { addToSummary } from '../platform/runner/report.ts';
import type { Runner } from '../platform/runner/runner.ts';
import type { DeliveredSession } from '../session/delivered-sessions.ts';
import type { Obtained } from '../session/obtain-sessions.ts';

/** The result of a step for the summary of the job. */
export interface Receipt {
  readonly config?: Config | undefined;
  readonly plan?: Plan | undefined;
  readonly sessions: readonly DeliveredSession[];
  readonly outcomes?: Obtained | undefined;
}

/**
 * Adds a table of the sessions, and a diagram of how each was obtained, to the summary of the job. A summary that cannot be
 * written is a warning.
 *
 * @param error why nothing was delivered, if the step failed
 */
export function writeSummary(receipt: Receipt, runner: Runner, error?: ActionError): void {
  addToSummary(renderSummary(receipt, error), runner);
}

function renderSummary(
  { config, plan, sessions, outcomes }: Receipt,
  error: ActionError | undefined,
): string {
  // The inputs of a step that failed early are unknown.
  const hidesAccounts = config?.delivery.maskAccountId ?? true;
  const shown = (text: string) =>
    hidesAccounts ? text.replaceAll(/(?<!\d)\d{12}(?!\d)/g, '************') : text;
  // With use-existing-credentials no plan was carried out.
  const isExisting = outcomes === undefined && error === undefined;
  const rows = isExisting ? sessions.map(rowOfSession) : rowsOfPlan(plan, outcomes, error);
  return [
    '## AWS sessions',
    '',
    ...(error === undefined ? [] : [...failure(error).map(shown), '']),
    ...table(rows).map(shown),
    ...(plan === undefined || isExisting || plan.nodes.length === 0
      ? []
      : ['', '```mermaid', 'graph LR', ...graph(plan, outcomes).map(shown), '```']),
    '',
  ].join('\n');
}

function failure({ code, details: { problem, parts = [], remedy } }: ActionError): string[] {
  const inputs = parts.filter(({ about }) => about === undefined);
  const list = inputs.map((part) => `- ${escapeText(part.problem)}`);
  return [
    `**${escapeText(problem)}** \`${code}\``,
    '',
    ...(list.length > 0 ? [...list, ''] : []),
    escapeText(remedy),
  ];
}

/** The columns in their order; an empty column is left out. */
const COLUMNS = [
  'profile',
  'account',
  'role',
  'region',
  'expires',
  'assumed-role ID',
  'request ID',
  'status',
  'cause',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string>>;

function table(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const columns = COLUMNS.filter((column) => rows.some((row) => (row[column] ?? '') !== ''));
  return [
    [...columns],
    columns.map(() => '---'),
    ...rows.map((row) => columns.map((column) => escapeText(row[column] ?? ''))),
  ].map((cells) => `| ${cells.join(' | ')} |`);
}

function rowsOfPlan(
  plan: Plan | undefined,
  outcomes: Obtained | undefined,
  error: ActionError | undefined,
): Row[] {
  const nodes = new Map(plan?.nodes.map((node) => [node.id, node]));
  const showsStatus =
    error !== undefined || [...(outcomes?.values() ?? [])].some((outcome) => outcome instanceof ActionError);
  return (plan?.delivered ?? []).map((entry): Row => {
    const outcome = outcomes?.get(entry.node);
    if (outcome !== undefined && !(outcome instanceof ActionError)) {
      const status = error === undefined ? 'delivered' : 'not delivered';
      return { ...rowOfSession({ ...entry, session: outcome }), ...(showsStatus && { status }) };
    }
    const request = nodes.get(entry.node)?.request;
    return {
      profile: entry.profile?.name ?? '',
      ...(request !== undefined &&
        'role' in request && { account: request.role.accountId, role: request.role.name }),
      region: entry.region,
      status: outcome === undefined ? 'not requested' : `failed: ${outcome.code}`,
      cause: outcome === undefined ? '' : (outcome.details.likely ?? outcome.details.problem),
    };
  });
}

function rowOfSession({ profile, region, session }: DeliveredSession): Row {
  return {
    profile: profile?.name ?? '',
    account: session.accountId,
    role: roleOfSession(session.arn)?.name ?? session.arn,
    region,
    expires: session.credentials.expiration?.toISOString() ?? '',
    'assumed-role ID': session.userId,
    'request ID': session.requestId,
  };
}

/** One line for each edge. Nodes have numbers and quoted labels, so that Mermaid reads no name as a command. */
function graph({ nodes }: Plan, outcomes: Obtained | undefined): string[] {
  const number = new Map(nodes.map(({ id }, index) => [id, index]));
  const missing = nodes.filter(({ id }) => !isSession(outcomes?.get(id)));
  const edges = nodes.map(({ id, source, request }) => {
    const from = source.kind === 'node' ? `n${number.get(source.id)}` : `identity["${source.identity.kind}"]`;
    const to = `n${number.get(id)}["${escapeLabel(`${id}: ${targetOf(request)}`)}"]`;
    const outcome = outcomes?.get(id);
    if (isSession(outcome)) return `  ${from} --> ${to}`;
    const withSource = source.kind === 'node' && outcomes?.get(source.id) === outcome;
    return `  ${from} -.->|${outcome === undefined || withSource ? 'not requested' : outcome.code}| ${to}`;
  });
  if (missing.length === 0) return edges;
  return [
    ...edges,
    `  class ${missing.map(({ id }) => `n${number.get(id)}`).join(',')} missing`,
    '  classDef missing stroke:#cf222e,stroke-dasharray:4',
  ];
}

function isSession(outcome: Session | ActionError | undefined): outcome is Session {
  return outcome !== undefined && !(outcome instanceof ActionError);
}

function escapeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/[\\|<>`*_[\]]/g, '\\$&');
}

/** The text of a label; Mermaid interprets `%%{` and other characters even in quotes. */
function escapeLabel(text: string): string {
  return text.replaceAll(/[^\w .:/+=,@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
