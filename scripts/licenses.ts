/** The packages in a bundle, from webpack's list of modules, and their licence texts. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** The parts of a webpack module that this file uses: its path, and the modules that webpack merged into it. */
export interface BundledModule {
  resource?: string;
  modules?: Iterable<BundledModule>;
}

/** The parts of a webpack compilation that this file uses. */
export interface Compilation {
  modules: Iterable<BundledModule>;
  chunkGraph: { getNumberOfModuleChunks: (module: BundledModule) => number };
}

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** The modules in chunks. webpack also lists modules that it read and removed. */
export function bundledModules({ modules, chunkGraph }: Compilation): BundledModule[] {
  return [...modules].filter((module) => chunkGraph.getNumberOfModuleChunks(module) > 0);
}

/** The folders of all packages with a module in the bundle, including merged modules. */
export function packageFolders(modules: Iterable<BundledModule>): string[] {
  const folders = new Set<string>();
  for (const { resource = '', modules: merged = [] } of modules) {
    const [folder] = PACKAGE.exec(resource) ?? [];
    if (folder !== undefined) folders.add(folder);
    for (const below of packageFolders(merged)) folders.add(below);
  }
  return [...folders];
}

interface License {
  readonly name: string;
  readonly license: string;
  readonly repository: string | undefined;
  /** The texts of its licence and notice files; empty if it has none. */
  readonly text: string;
}

/** A line that says whose work it is. */
const NOTICE = /^[ \t]*Copyright .*\n?/gm;

/**
 * The name, licence and copyright notices of each package, followed by its licence text. Packages with the same text stand
 * above it together. A package without a text has that of another package of its repository, which is under the same licence.
 */
export async function renderLicenses(folders: readonly string[]): Promise<string> {
  const packages = await Promise.all(folders.map(licenseOf));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  const textsByOrigin = new Map(
    packages.filter(({ text }) => text !== '').map((one) => [originOf(one), one.text]),
  );
  const withText = packages.map((one) => ({
    ...one,
    text: one.text || (textsByOrigin.get(originOf(one)) ?? ''),
  }));
  return [...Map.groupBy(withText, ({ text }) => wordingOf(text)).values()]
    .map((group) => `${group.map(renderPackage).join('\n')}\n\n${termsOf(group[0]?.text ?? '')}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function renderPackage({ name, license, text }: License): string {
  const notices = text.match(NOTICE) ?? [];
  return [`${name} (${license})`, ...notices.map((notice) => `  ${notice.trim()}`)].join('\n');
}

/** A licence text without the copyright notices. */
function termsOf(text: string): string {
  return text
    .replaceAll(NOTICE, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** Equal for texts that differ in copyright notices, titles, line breaks, or quotation marks alone. */
function wordingOf(text: string): string {
  return termsOf(text)
    .replace(/^\(?(the )?mit license( \(mit\))?\)?$/im, '')
    .replaceAll(/[\s"'{}[\]*]+/g, ' ')
    .trim();
}

function originOf({ name, license, repository = name }: License): string {
  return `${license} ${repository}`;
}

async function licenseOf(folder: string): Promise<License> {
  const { name, license, repository } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|notice|copying)(\.|$)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const text = texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { name, license, repository: repository?.url ?? repository, text };
}
