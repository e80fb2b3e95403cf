import type { Authenticated } from '../authenticate.ts';
import { roleOfSession } from '../plan/arn.ts';
import { type Plan, targetOf } from '../plan/plan.ts';

/** The receipt for the job's summary: a table of the sessions and a diagram of how each was reached. */
export function renderSummary({ sessions, plan, config }: Authenticated): string {
  const shown = (text: string) =>
    config.delivery.maskAccountId ? text.replaceAll(/(?<!\d)\d{12}(?!\d)/g, '************') : text;
  const rows = sessions.map(({ profile, region, session }) => {
    const role = roleOfSession(session.arn)?.name ?? session.arn;
    const expires = session.credentials.expiration?.toISOString() ?? '';
    return [profile?.name ?? '', session.accountId, role, region, expires, session.userId, session.requestId];
  });
  const head = ['profile', 'account', 'role', 'region', 'expires', 'assumed-role ID', 'request ID'];
  const table = [head, head.map(() => '---'), ...rows].map(
    (row) => `| ${row.map((cell) => escapeCell(shown(cell))).join(' | ')} |`,
  );
  return [
    '## AWS sessions',
    '',
    ...table,
    '',
    '```mermaid',
    'graph LR',
    ...edges(plan).map(shown),
    '```',
    '',
  ].join('\n');
}

/** One line an edge. Nodes go by number, and what they show is in quotes, so that no name can be read as a command. */
function edges({ nodes }: Plan): string[] {
  const number = new Map(nodes.map(({ id }, index) => [id, index]));
  return nodes.map(({ id, source, request }) => {
    const from = source.kind === 'node' ? `n${number.get(source.id)}` : `identity["${source.identity.kind}"]`;
    return `  ${from} --> n${number.get(id)}["${escapeLabel(`${id}: ${targetOf(request)}`)}"]`;
  });
}

function escapeCell(text: string): string {
  return text.replaceAll(/[\\|<>`*_[\]]/g, '\\$&');
}

function escapeLabel(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
