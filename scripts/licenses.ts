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

/**
 * The name and licence of each package, followed by the texts of its licence and notice files. Packages with the same
 * texts stand above them together. A package without a text has that of another package of its repository, which is
 * under the same licence.
 */
export async function renderLicenses(folders: readonly string[]): Promise<string> {
  const packages = await Promise.all(folders.map(licenseOf));
  packages.sort((a, b) => (a.name < b.name ? -1 : 1));
  const textsByOrigin = new Map(
    packages.filter(({ text }) => text !== '').map((one) => [originOf(one), one.text]),
  );
  const groups = Map.groupBy(packages, (one) => one.text || (textsByOrigin.get(originOf(one)) ?? ''));
  return [...groups]
    .map(
      ([text, group]) =>
        `${group.map(({ name, license }) => `${name} (${license})`).join('\n')}\n\n${text}\n`,
    )
    .join(`\n${'-'.repeat(80)}\n\n`);
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
