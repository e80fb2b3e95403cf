import type { SourceFile, Sources } from '../../src/audit/model/types.ts';

/** The line that begins a file, with its path or, for a workflow, its name. */
const HEADER = /^# file: *(\S.*?)\s*$/;
const WORKFLOWS = '.github/workflows/';
/** The name of a workflow that was pasted without one. */
const UNNAMED = 'workflow.yml';

/** The files in a text. Each one begins after a line `# file: PATH`; a text before the first such line is a workflow. */
export function filesIn(text: string): readonly SourceFile[] {
  const files = [{ path: pathOf(UNNAMED), lines: [] as string[] }];
  for (const line of text.split('\n')) {
    const [, name] = HEADER.exec(line) ?? [];
    if (name === undefined) files.at(-1)?.lines.push(line);
    else files.push({ path: pathOf(name), lines: [] });
  }
  const byPath = new Map(files.map(({ path, lines }) => [path, lines.join('\n')]));
  return [...byPath].filter(([, one]) => one.trim() !== '').map(([path, one]) => ({ path, text: one }));
}

/** The text with further files. A file that the text already has is replaced. */
export function textWith(text: string, added: readonly { readonly name: string; readonly text: string }[]) {
  const paths = added.map(({ name }) => pathOf(name));
  const kept = filesIn(text).filter(({ path }) => !paths.includes(path));
  return [...kept.map((file) => ({ ...file, name: file.path.replace(WORKFLOWS, '') })), ...added]
    .map((file) => `# file: ${file.name}\n${file.text.trimEnd()}\n`)
    .join('\n');
}

/** The files as those of a repository. A workflow of another repository has the path `OWNER/NAME/PATH@REF`. */
export function sourcesOf(files: readonly SourceFile[]): Sources {
  const read = (path: string) => files.find((file) => file.path === path)?.text;
  const workflows = files.filter(({ path }) => /^\.github\/workflows\/[^/]+\.ya?ml$/i.test(path));
  return { workflows, read, readRemote: read };
}

function pathOf(name: string): string {
  if (name.includes('/')) return name.replace(/^\.?\//, '');
  return /\.ya?ml$/i.test(name) ? WORKFLOWS + name : name;
}
