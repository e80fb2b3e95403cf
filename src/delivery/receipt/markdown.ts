import { withoutNames } from '../../platform/similar-text.ts';
import { escapeText } from './escape.ts';
import { fitting } from './fitting.ts';
import type { Entry, Receipt, Status } from './receipt.ts';

/** Tables of a summary with more rows are folded. */
const MAX_OPEN_ROWS = 30;

/** GitHub shows no summary of a step above 1 MiB (GitHub Docs, "Workflow commands"); some room for other texts. */
const MAX_TABLE_BYTES = 900_000;

/**
 * The receipt for the job summary: counts, then the failures by cause, then the other sessions by organizational unit.
 *
 * @param graph the lines of a Mermaid diagram; none to leave it out
 */
export function markdownOf(receipt: Receipt, graph: readonly string[]): string {
  return [
    '## AWS sessions',
    '',
    ...failure(receipt),
    ...facts(receipt),
    ...sections(receipt.entries),
    ...(graph.length === 0 ? [] : ['```mermaid', ...graph, '```', '']),
  ].join('\n');
}

function failure({ error }: Receipt): string[] {
  if (error === undefined) return [];
  const { code, problem, inputs, remedy } = error;
  const list = inputs.map((input) => `- ${escapeText(input)}`);
  return [
    `**${escapeText(problem)}** \`${code}\``,
    '',
    ...(list.length > 0 ? [...list, ''] : []),
    escapeText(remedy),
    '',
  ];
}

const WORDS: Readonly<Record<Status, string>> = {
  failed: 'Failed',
  'not requested': 'Not requested',
  'not delivered': 'Not delivered',
  planned: 'Planned, not requested',
  delivered: 'Delivered',
};

/** The order of the sections: what a reader has to act on comes first. */
const STATUSES = Object.keys(WORDS) as readonly Status[];

function facts({ entries, run, sessionName }: Receipt): string[] {
  const counts = STATUSES.flatMap((status) => {
    const { length } = entries.filter((entry) => entry.status === status);
    return length === 0 ? [] : `${length} ${WORDS[status].toLowerCase()}`;
  });
  const total = entries.length === 1 ? '1 session' : `${entries.length} sessions`;
  const lines = [
    ...(entries.length === 0 ? [] : [`${total}: ${counts.join(', ')}.`]),
    ...(run === undefined ? [] : [`[Run ${run.id}, attempt ${run.attempt}](${run.url}).`]),
    ...(sessionName === undefined || entries.length === 0
      ? []
      : [`Session name in CloudTrail: ${escapeText(sessionName)}.`]),
  ];
  return lines.length === 0 ? [] : [lines.join(' '), ''];
}

interface Group {
  readonly title: string;
  /** Markdown above the table. */
  readonly note: string;
  readonly entries: readonly Entry[];
}

function sections(entries: readonly Entry[]): string[] {
  const groups = STATUSES.flatMap((status) => {
    const own = entries.filter((entry) => entry.status === status);
    return status === 'failed' ? byCause(own) : byUnit(own, WORDS[status]);
  });
  const [only, ...others] = groups;
  if (only === undefined) return [];
  const isOpen = entries.length <= MAX_OPEN_ROWS;
  if (others.length === 0 && isOpen && only.note === '') return [...table(only.entries, MAX_TABLE_BYTES), ''];
  let room = MAX_TABLE_BYTES;
  return groups.flatMap((group) => {
    const lines = table(group.entries, room);
    room -= bytesOf(lines);
    const title = `${escapeText(group.title)}: ${group.entries.length}`;
    // An open part is a heading; the blank lines around the table in a folded one let it be Markdown.
    return isOpen
      ? [`### ${title}`, '', ...(group.note === '' ? [] : [group.note, '']), ...lines, '']
      : [
          ...(group.note === '' ? [] : [group.note, '']),
          `<details><summary>${escapeHtml(`${group.title}: ${group.entries.length}`)}</summary>`,
          '',
          ...lines,
          '',
          '</details>',
          '',
        ];
  });
}

function byCause(entries: readonly Entry[]): readonly Group[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = `${entry.failure?.code} ${withoutNames(entry.failure?.cause ?? '').replaceAll(/\*{12}/g, 'ACCOUNT')}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()]
    .toSorted((a, b) => b.length - a.length)
    .map((own) => {
      const { code = '', cause = '' } = own[0]?.failure ?? {};
      const differ = own.some(({ failure }) => failure?.cause !== cause);
      const whose = differ ? `, in the wording for ${own[0]?.profile}` : '';
      return { title: WORDS.failed, note: `\`${code}\`: ${escapeText(cause + whose)}.`, entries: own };
    });
}

function byUnit(entries: readonly Entry[], word: string): readonly Group[] {
  const groups = Map.groupBy(entries, ({ unit }) => unit ?? '');
  const titleOf = (unit: string) => {
    if (groups.size === 1 && unit === '') return word;
    return `${word}, ${unit === '' ? 'no unit' : unit}`;
  };
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([unit, own]) => ({ title: titleOf(unit), note: '', entries: own }));
}

/** The columns in their order; an empty column is left out. */
const COLUMNS: readonly (readonly [title: string, cell: (entry: Entry) => string | undefined])[] = [
  ['profile', ({ profile }) => profile],
  ['unit', ({ unit, status }) => (status === 'failed' ? unit : '')],
  ['account', ({ account }) => account],
  ['role', ({ role }) => role],
  ['region', ({ region }) => region],
  ['expires', ({ expiration }) => expiration],
  ['assumed-role ID', ({ assumedRoleId }) => assumedRoleId],
  ['request ID', ({ requestId }) => requestId],
];

/** @param room bytes; the rows that do not fit are counted */
function table(entries: readonly Entry[], room: number): string[] {
  const columns = COLUMNS.map(([title, cell]) => ({
    title,
    cells: entries.map((entry) => escapeText(cell(entry) ?? '')),
  }));
  const links = entries.map(({ cloudTrail }) => (cloudTrail ? `[events](${cloudTrail})` : ''));
  const shown = [...columns, { title: 'CloudTrail', cells: links }].filter(({ cells }) =>
    cells.some((cell) => cell !== ''),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [line(shown.map(({ title }) => title)), line(shown.map(() => '---'))];
  const rows = entries.map((_, index) => line(shown.map(({ cells }) => cells[index] ?? '')));
  const fits = fitting(rows, room - bytesOf(head), (row) => bytesOf([row]));
  const more = rows.length - fits.length;
  return [...head, ...fits, ...(more === 0 ? [] : ['', `… and ${more} more.`])];
}

function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
