/**
 * Writes the inputs of each `action.yml` from the table of inputs, and the generated parts of the documentation, between
 * markers.
 *
 *     node scripts/docs.ts           writes
 *     node scripts/docs.ts --check   fails if a file is not up to date
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { type Action, type InputName, inputEntries, isInputOf } from '../src/config/inputs.ts';
import { describeInput, METADATA_DEFAULTS } from './input-descriptions.ts';
import { SETUP_PARTS } from './setup-docs.ts';

const root = path.resolve(import.meta.dirname, '..');

const NOTE = '# Written by "npm run docs" from src/config/inputs.ts.\n';

interface Metadata {
  inputs?: Record<string, { description: string; required?: boolean }>;
  outputs?: Record<string, { description: string }>;
}

/** Replaces the text between `<!-- name:start -->` and `<!-- name:end -->`. */
export function fill(page: string, name: string, content: string): string {
  const block = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!block.test(page)) throw new Error(`The page has no markers for ${name}.`);
  return page.replace(block, (_all, start, end) => `${start}\n${content}\n${end}`);
}

/** A table of names and their descriptions. */
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

/** The text of an `action.yml` with the inputs that the table gives to the action. */
function renderAction(metadata: string, action: Action): string {
  const names = inputEntries().flatMap(([name]) => (isInputOf(name, action) ? [name] : []));
  const inputs = Object.fromEntries(names.map((name) => [name, metadataOf(name, action)]));
  const block = stringify({ inputs }, { lineWidth: 0 });
  return metadata.replace(/^(?:# Written by .*\n)?inputs:\n(?: .*\n)*/m, () => `${NOTE}${block}`);
}

function metadataOf(name: InputName, action: Action) {
  const description = describeInput(name, action);
  const fallback = METADATA_DEFAULTS[name];
  return { description, required: name === 'run', ...(fallback !== undefined && { default: fallback }) };
}

/** The README with tables of the inputs and outputs of the main action. */
function renderReadme(page: string, metadata: string): string {
  const { inputs = {}, outputs = {} } = parse(metadata) as Metadata;
  return fill(fill(page, 'inputs', table('input', inputs)), 'outputs', table('output', outputs));
}

/** The page about the setup of AWS, with the trust policy statement that a diagnosis shows. */
export async function renderSetup(): Promise<string> {
  const page = await readFile(path.join(root, 'docs/setup.md'), 'utf8');
  return Object.entries(SETUP_PARTS).reduce((text, [name, content]) => fill(text, name, content), page);
}

/** The content of every file that this script writes, by path. */
export async function renderAll(): Promise<Record<string, string>> {
  const read = (name: string) => readFile(path.join(root, name), 'utf8');
  const main = renderAction(await read('action.yml'), 'main');
  return {
    'action.yml': main,
    'exec/action.yml': renderAction(await read('exec/action.yml'), 'exec'),
    'matrix/action.yml': renderAction(await read('matrix/action.yml'), 'matrix'),
    'audit/action.yml': renderAction(await read('audit/action.yml'), 'audit'),
    'README.md': renderReadme(await read('README.md'), main),
    'docs/setup.md': await renderSetup(),
  };
}

if (import.meta.main) {
  for (const [name, wanted] of Object.entries(await renderAll())) {
    const file = path.join(root, name);
    if (!process.argv.includes('--check')) {
      await writeFile(file, wanted);
    } else if ((await readFile(file, 'utf8')) !== wanted) {
      console.error(`${name} is out of date. Run "npm run docs" and commit it.`);
      process.exitCode = 1;
    }
  }
}
