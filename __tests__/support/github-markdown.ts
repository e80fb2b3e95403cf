import { micromark } from 'micromark';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';

/** Markdown as GitHub renders it, by a parser of others: tables, and HTML as it stands. */
export function renderMarkdown(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfmTable()],
    htmlExtensions: [gfmTableHtml()],
  });
}

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of rendered Markdown, with the HTML of their cells. */
export function tablesIn(html: string): readonly Table[] {
  const matches = (text: string, tag: string) =>
    [...text.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, content = '']) => content);
  return matches(html, 'table').map((table) => ({
    head: matches(table, 'th'),
    rows: matches(table, 'tr')
      .map((row) => matches(row, 'td'))
      .filter(({ length }) => length > 0),
  }));
}
