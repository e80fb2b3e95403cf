/** Which packages a bundle is made of, by webpack's own list of modules, and the text of their licences. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What is used of a module of webpack: its file, and the modules that webpack merged into it. */
export interface BundledModule {
  resource?: string;
  modules?: Iterable<BundledModule>;
}

/** What is used of a compilation of webpack. */
export interface Compilation {
  modules: Iterable<BundledModule>;
  chunkGraph: { getNumberOfModuleChunks: (module: BundledModule) => number };
}

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** The modules that are in some chunk; webpack also lists those that it read and left out. */
export function bundledModules({ modules, chunkGraph }: Compilation): BundledModule[] {
  return [...modules].filter((module) => chunkGraph.getNumberOfModuleChunks(module) > 0);
}

/** The folders of all packages of which a module is in the bundle, those merged into another module among them. */
export function packageFolders(modules: Iterable<BundledModule>): string[] {
  const folders = new Set<string>();
  for (const { resource = '', modules: merged = [] } of modules) {
    const [folder] = PACKAGE.exec(resource) ?? [];
    if (folder !== undefined) folders.add(folder);
    for (const below of packageFolders(merged)) folders.add(below);
  }
  return [...folders];
}

/** Name, licence, and the files with its text and notices, of each package. */
export async function renderLicenses(folders: readonly string[]): Promise<string> {
  const sections = new Map(await Promise.all(folders.map(licenseOf)));
  return [...sections]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, section]) => section)
    .join('\n\n');
}

async function licenseOf(folder: string): Promise<readonly [name: string, section: string]> {
  const { name, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder))
    .filter((file) => /^(licen[cs]e|notice|copying)(\.|$)/i.test(file))
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  const lines = texts.map((text) => text.replaceAll('\r\n', '\n').trim());
  return [name, `${[name, license, ...lines].join('\n')}\n`];
}
