import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const markdownIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join(folder, name));
const PAGES = [...markdownIn('.'), ...markdownIn('docs')];

const textOf = (page: string) => readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page, as GitHub derives them from its headings. */
function anchorsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Why a link does not work; undefined if it does. */
function problemOf(link: string, page: string): string | undefined {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
  if (!existsSync(target)) return `${page}: ${link} does not exist`;
  const broken = anchor !== undefined && !anchorsOf(target).includes(anchor);
  return broken ? `${page}: ${link} has no heading` : undefined;
}

test.each(PAGES)('the relative links of %s lead to files and headings', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  expect(links.flatMap((link) => problemOf(link, page) ?? [])).toEqual([]);
});

test('the pages that messages link to have these headings', () => {
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  const links = sources.flatMap((file) =>
    [...readFileSync(path.join('src', file), 'utf8').matchAll(/docsLink\('([^']+)'/g)].map(
      ([, link = '']) => link,
    ),
  );
  expect(links.length).toBeGreaterThan(0);
  expect(links.flatMap((link) => problemOf(link, 'docs/README.md') ?? [])).toEqual([]);
});

describe('files that pages about the code name', () => {
  const NAMED = /`(?:__tests__\/)?((?:src|lab|bench|scripts|docs|unit|e2e|attacks|support)\/[\w./-]+)`/g;
  const places = (file: string) => [file, path.posix.join('__tests__', file)];

  test.each(['CONTRIBUTING.md', 'docs/architecture.md', 'docs/security.md'])('%s', (page) => {
    // A line with this mark names files that are yet to come.
    const lines = textOf(page)
      .split('\n')
      .filter((line) => !line.includes('<!-- check'));
    const files = lines.flatMap((line) => [...line.matchAll(NAMED)].map(([, file = '']) => file));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !/NAME/.test(file) && !places(file).some(existsSync))).toEqual([]);
  });
});
