/**
 * Builds `dist/` from `src/`: TypeScript compiles, ncc bundles each program, and swc minifies every file. (The minifier of
 * ncc leaves lazy chunks as they are.)
 *
 *     node scripts/build.ts                     writes dist/
 *     node scripts/build.ts --check             fails if the committed dist/ differs from what src/ builds
 *     node scripts/build.ts --only main,post    writes only these programs
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { minify } from '@swc/core';
import ncc from '@vercel/ncc';
import { bundledModules, packageFolders, renderLicenses } from './licenses.ts';

/** The programs: `src/entry/NAME.ts` becomes `dist/NAME/index.js`. */
const ENTRIES = ['main', 'post', 'exec', 'matrix', 'logout', 'audit', 'credential-process', 'broker'];

/**
 * `@actions/core` uses undici only in `getIDToken`. The action does not call that function, because its own request for
 * the OIDC token has a deadline and proxy rules (`src/identity/github-oidc.ts`). A built-in module replaces the half
 * megabyte that would never run.
 */
const NEVER_RUN = { undici: 'node:http' };

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

/**
 * The packages of the SDK contain ES modules, from which webpack removes unused code. ncc prefers their CommonJS and has
 * no option to change that. So the build copies them next to the compiled sources, where they are found first, and leaves
 * ES modules as their only entry. This halves what loads for a role with OIDC, and gives the default credential chain a
 * lazy chunk of its own.
 */
const WITH_ES_MODULES = ['@aws-sdk', '@smithy'];

type Files = Map<string, string>;

async function bundle(entry: string): Promise<Files> {
  const built = await ncc(path.join(root, 'build/entry', `${entry}.js`), {
    cache: false,
    esm: true,
    quiet: true,
    externals: NEVER_RUN,
  });
  const files: Files = new Map([['index.js', built.code]]);
  for (const [name, asset] of Object.entries(built.assets)) files.set(name, asset.source.toString());
  for (const [name, text] of files) {
    if (name.endsWith('.js')) files.set(name, await minified(text));
  }
  // The licence list of ncc misses packages that webpack merges into a chunk, for example @actions/core.
  const folders = packageFolders(bundledModules(built.stats.compilation));
  if (folders.length > 0) files.set('licenses.txt', await renderLicenses(folders));
  return files;
}

async function preferEsModules(): Promise<void> {
  for (const scope of WITH_ES_MODULES) {
    for (const name of await readdir(path.join(root, 'node_modules', scope))) {
      const copy = path.join(root, 'build/node_modules', scope, name);
      await cp(path.join(root, 'node_modules', scope, name), copy, { recursive: true });
      const file = path.join(copy, 'package.json');
      const { exports, ...metadata } = JSON.parse(await readFile(file, 'utf8'));
      const edited = { ...metadata, main: metadata.module ?? metadata.main, exports: esModulesOf(exports) };
      await writeFile(file, JSON.stringify(edited));
    }
  }
}

/** The `exports` of a package.json, reduced to ES modules where it has any. */
function esModulesOf(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports;
  if ('module' in exports) return exports.module;
  if ('import' in exports) return exports.import;
  return Object.fromEntries(Object.entries(exports).map(([key, value]) => [key, esModulesOf(value)]));
}

async function minified(code: string): Promise<string> {
  const result = await minify(code, {
    module: true,
    compress: { passes: 2 },
    mangle: true,
    ecma: 2020,
    format: { comments: false },
  });
  return `${result.code}\n`;
}

async function build(entries: readonly string[]): Promise<Files> {
  await rm(path.join(root, 'build'), { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  await preferEsModules();
  const files: Files = new Map();
  for (const entry of entries) {
    for (const [name, text] of await bundle(entry)) files.set(path.posix.join(entry, name), text);
  }
  return files;
}

async function committed(): Promise<Files> {
  const files: Files = new Map();
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(
      path.relative(dist, file).split(path.sep).join('/'),
      (await readFile(file, 'utf8')).replaceAll('\r\n', '\n'),
    );
  }
  return files;
}

async function check(built: Files): Promise<void> {
  const found = await committed();
  const names = [...new Set([...built.keys(), ...found.keys()])].sort();
  const stale = names.filter((name) => built.get(name) !== found.get(name));
  if (stale.length > 0) {
    console.error(
      `dist/ differs from what src/ builds in: ${stale.join(', ')}. Run "npm run build" and commit.`,
    );
    process.exitCode = 1;
    return;
  }
  console.log(`dist/ is what src/ builds: ${names.length} files.`);
}

async function write(built: Files): Promise<void> {
  for (const [name, text] of built) {
    const file = path.join(dist, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`${String(Buffer.byteLength(text)).padStart(8)} dist/${name}`);
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, only: { type: 'string' } } });
const entries = values.only?.split(',') ?? ENTRIES;
const unknown = entries.filter((entry) => !ENTRIES.includes(entry));
if (unknown.length > 0)
  throw new Error(`src/entry/ has no ${unknown.join(', ')}. Expected ${ENTRIES.join(', ')}.`);

const built = await build(entries);
if (values.check) {
  await check(built);
} else {
  const outdated = values.only === undefined ? [dist] : entries.map((entry) => path.join(dist, entry));
  for (const folder of outdated) await rm(folder, { recursive: true, force: true });
  await write(built);
}
