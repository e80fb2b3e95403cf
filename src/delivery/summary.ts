import { roleOfSession } from '../aws/arn.ts';
import type { Session } from '../aws/session.ts';
import type { Config } from '../config/config.ts';
import { type Plan, type PlanNode, targetOf } from '../plan/plan.ts';
import { ActionError } from '../platform/errors.ts';
import type { Runner } from '../platform/runner/runner.ts';
import { addToSummary } from '../platform/runner/summary.ts';
import type { NamedSession } from '../session/named-sessions.ts';
import type { Obtained } from '../session/obtain-sessions.ts';

/** What a run came to, for the job's summary. */
export interface Receipt {
  /** Undefined when the step failed before there was one. */
  readonly config?: Config | undefined;
  readonly plan?: Plan | undefined;
  readonly sessions: readonly NamedSession[];
  /** What became of each node of the plan; undefined when nothing was asked for. */
  readonly outcomes?: Obtained | undefined;
}

/**
 * Adds the receipt to the job's summary: a table of the sessions and a diagram of how each was reached. It is for readers
 * only, so a summary that cannot be written is no failure.
 *
 * @param error why nothing was delivered; undefined when the sessions are
 */
export function writeSummary(receipt: Receipt, runner: Runner, error?: ActionError): void {
  addToSummary(renderSummary(receipt, error), runner);
}

function renderSummary(
  { config, plan, sessions, outcomes }: Receipt,
  error: ActionError | undefined,
): string {
  // A run that failed early has read no input that says otherwise.
  const hide = config?.delivery.maskAccountId ?? true;
  const shown = (text: string) => (hide ? text.replaceAll(/(?<!\d)\d{12}(?!\d)/g, '************') : text);
  const existing = outcomes === undefined && error === undefined;
  const rows = existing ? sessions.map(rowOfSession) : rowsOfPlan(plan, outcomes, error);
  return [
    '## AWS sessions',
    '',
    ...(error === undefined ? [] : [...failure(error).map(shown), '']),
    ...table(rows).map(shown),
    ...(plan === undefined || existing || plan.nodes.length === 0
      ? []
      : ['', '```mermaid', 'graph LR', ...graph(plan, outcomes).map(shown), '```']),
    '',
  ].join('\n');
}

/** The failure of the step in a few lines; its log has the rest. */
function failure({ code, details: { problem, parts = [], remedy } }: ActionError): string[] {
  const ofInputs = parts
    .filter(({ about }) => about === undefined)
    .map((part) => `- ${escapeText(part.problem)}`);
  return [
    `**${escapeText(problem)}** \`${code}\``,
    '',
    ...ofInputs,
    ...(ofInputs.length > 0 ? [''] : []),
    escapeText(remedy),
  ];
}

/** The columns, in their order; one without a cell is left out. */
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
  const failed =
    error !== undefined || [...(outcomes?.values() ?? [])].some((outcome) => outcome instanceof ActionError);
  return (plan?.delivered ?? []).map((entry): Row => {
    const outcome = outcomes?.get(entry.node);
    if (outcome !== undefined && !(outcome instanceof ActionError)) {
      const status = error === undefined ? 'delivered' : 'not delivered';
      return { ...rowOfSession({ ...entry, session: outcome }), ...(failed && { status }) };
    }
    return {
      profile: entry.profile?.name ?? '',
      ...roleOfNode(nodes.get(entry.node)),
      region: entry.region,
      status: outcome === undefined ? 'not asked for' : `failed: ${outcome.code}`,
      cause: outcome === undefined ? '' : (outcome.details.likely ?? outcome.details.problem),
    };
  });
}

function roleOfNode(node: PlanNode | undefined): Row {
  if (node === undefined || !('role' in node.request)) return {};
  return { account: node.request.role.accountId, role: node.request.role.name };
}

function rowOfSession({ profile, region, session }: NamedSession): Row {
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

/**
 * One line an edge; a session that was not reached has a dashed one that says why. Nodes go by number, and what they show
 * is in quotes, so that no name can be read as a command.
 */
function graph({ nodes }: Plan, outcomes: Obtained | undefined): string[] {
  const number = new Map(nodes.map(({ id }, index) => [id, index]));
  const missing = nodes.filter(({ id }) => !isSession(outcomes?.get(id)));
  const edges = nodes.map(({ id, source, request }) => {
    const from = source.kind === 'node' ? `n${number.get(source.id)}` : `identity["${source.identity.kind}"]`;
    const to = `n${number.get(id)}["${escapeLabel(`${id}: ${targetOf(request)}`)}"]`;
    const outcome = outcomes?.get(id);
    if (isSession(outcome)) return `  ${from} --> ${to}`;
    const withSource = source.kind === 'node' && outcomes?.get(source.id) === outcome;
    return `  ${from} -.->|${outcome === undefined || withSource ? 'not asked for' : outcome.code}| ${to}`;
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

/** Text on one line of Markdown, none of it markup. */
function escapeText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/[\\|<>`*_[\]]/g, '\\$&');
}

/** Text of a label; `%%{` and the like have a meaning in Mermaid even in quotes. */
function escapeLabel(text: string): string {
  return text.replaceAll(/[^\w .:/+=,@-]/gu, (character) => `#${character.codePointAt(0)};`);
}
