/**
 * Writes what `action.yml` says into the documentation, between markers, so that nothing is told twice by hand.
 *
 *     node scripts/docs.ts           writes
 *     node scripts/docs.ts --check   fails when a page is not what it would write
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { renderCli, renderCloudFormation, renderTerraform } from './setup-docs.ts';

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

/** Inputs of the main action that say what later steps get; with `exec` they get nothing. */
const ABOUT_LATER_STEPS = new Set([
  'allow-partial',
  'aws-profile',
  'export-region',
  'job-summary',
  'output-credentials',
  'output-env-credentials',
  'overwrite-aws-profile',
  'translate-env-variables',
  'unset-current-credentials',
  'use-existing-credentials',
]);

const EXEC_HEAD = `# Written by "npm run docs" from ../action.yml.
name: Run a command with AWS roles
description: Runs one command with the credentials of an AWS role in that command's environment alone.
author: the Assume AWS Roles authors
branding:
  icon: lock
  color: orange
inputs:
  run:
    description: The command to run.
    required: true
  shell:
    description: The shell that reads the command, which is \`bash\`, \`sh\` or \`pwsh\`, or \`none\` to start a program with its arguments. The default is \`bash\`, and \`pwsh\` on Windows.
    required: false
`;

/** The `action.yml` of `exec/`: the inputs of the main action that say how to get a session, and the command. */
export function renderExecAction(main: string): string {
  const blocks =
    main
      .slice(main.indexOf('inputs:\n') + 'inputs:\n'.length, main.indexOf('outputs:\n'))
      .match(/^ {2}\S.*\n(?: {4}.*\n)+/gm) ?? [];
  const kept = blocks.filter((block) => !ABOUT_LATER_STEPS.has(block.trim().split(':')[0] ?? ''));
  return `${EXEC_HEAD}${kept.join('')}runs:\n  using: node24\n  main: ../dist/exec/index.js\n  post: ../dist/post/index.js\n`;
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

/** The page about AWS's side, with the trust statement that a diagnosis prints. */
export async function renderSetup(): Promise<string> {
  const page = await readFile(path.join(root, 'docs/setup.md'), 'utf8');
  const parts = { cli: renderCli(), cloudformation: renderCloudFormation(), terraform: renderTerraform() };
  return Object.entries(parts).reduce((text, [name, content]) => fill(text, name, content), page);
}

/** Every file that is written from another, by its path. */
export async function renderAll(): Promise<Record<string, string>> {
  const main = await readFile(path.join(root, 'action.yml'), 'utf8');
  return {
    'README.md': await renderReadme(),
    'exec/action.yml': renderExecAction(main),
    'docs/setup.md': await renderSetup(),
  };
}

if (import.meta.main) {
  for (const [name, wanted] of Object.entries(await renderAll())) {
    const file = path.join(root, name);
    if (!process.argv.includes('--check')) {
      await writeFile(file, wanted);
    } else if ((await readFile(file, 'utf8')) !== wanted) {
      console.error(`${name} is not what action.yml says; run "npm run docs" and commit.`);
      process.exitCode = 1;
    }
  }
}
