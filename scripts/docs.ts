/**
 * Writes what `action.yml` says into the documentation, between markers, so that nothing is told twice by hand.
 *
 *     node scripts/docs.ts           writes
 *     node scripts/docs.ts --check   fails when a page is not what it would write
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '..');

interface Metadata {
  inputs?: Record<string, { description: string; required?: boolean }>;
  outputs?: Record<string, { description: string }>;
}

/** Replaces what stands between `<!-- name:start -->` and `<!-- name:end -->`. */
export function fill(page: string, name: string, content: string): string {
  const block = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!block.test(page)) throw new Error(`the page has no markers for ${name}`);
  return page.replace(block, (_all, start, end) => `${start}\n${content}\n${end}`);
}

/** A table of names and what they mean. */
export function table(heading: string, entries: Readonly<Record<string, { description: string }>>): string {
  const rows = Object.entries(entries).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return [`| ${heading} | meaning |`, '| --- | --- |', ...rows].join('\n');
}

function cell(text: string): string {
  return text
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll(/\s*\n\s*/g, ' ');
}

/** The README as `action.yml` wants it. */
export async function renderReadme(): Promise<string> {
  const metadata = parse(await readFile(path.join(root, 'action.yml'), 'utf8')) as Metadata;
  const page = await readFile(path.join(root, 'README.md'), 'utf8');
  return fill(
    fill(page, 'inputs', table('input', metadata.inputs ?? {})),
    'outputs',
    table('output', metadata.outputs ?? {}),
  );
}

if (import.meta.main) {
  const file = path.join(root, 'README.md');
  const wanted = await renderReadme();
  if (!process.argv.includes('--check')) {
    await writeFile(file, wanted);
  } else if ((await readFile(file, 'utf8')) !== wanted) {
    console.error('README.md is not what action.yml says; run "npm run docs" and commit.');
    process.exitCode = 1;
  }
}
