/**
 * Builds `dist/` from `src/`: TypeScript compiles, ncc bundles each entry, swc minifies every file
 * (ncc's own minifier leaves code-split chunks as they are).
 *
 *     node scripts/build.ts           writes dist/
 *     node scripts/build.ts --check   fails when the committed dist/ is not what the sources build
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { minify } from '@swc/core';
import ncc from '@vercel/ncc';
import { bundledModules, packageFolders, renderLicenses } from './licenses.ts';

/** One bundle each: `src/entry/NAME.ts` becomes `dist/NAME/index.js`. */
const ENTRIES = ['main', 'post', 'exec', 'matrix', 'logout', 'credential-process', 'broker'];

/**
 * `@actions/core` reaches for undici only in `getIDToken`, which this action does not call: the request for
 * the OIDC token has deadlines and proxy rules of its own (`src/identity/github-oidc.ts`). A built-in stands in
 * for the half megabyte that would never run.
 */
const NEVER_RUN = { undici: 'node:http' };

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

/**
 * The SDK's packages have ES modules, of which webpack leaves out what nobody uses; ncc takes their CommonJS, and has no
 * option for that. So they are copied beside the compiled sources, where they are found first, with ES modules as the only
 * way in. What then loads for a role by OIDC is half as much, and the search for ambient credentials is a chunk of its own.
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
  // ncc's own list of licences misses packages that are merged into the first chunk of several, @actions/core for one.
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

/** `exports` of a package.json with nothing but ES modules where there are some. */
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

async function buildAll(): Promise<Files> {
  await rm(path.join(root, 'build'), { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  await preferEsModules();
  const files: Files = new Map();
  for (const entry of ENTRIES) {
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
      `dist/ is not what src/ builds; run "npm run build" and commit. Differing: ${stale.join(', ')}`,
    );
    process.exitCode = 1;
    return;
  }
  console.log(`dist/ is what src/ builds: ${names.length} files.`);
}

async function write(built: Files): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  for (const [name, text] of built) {
    const file = path.join(dist, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    console.log(`${String(Buffer.byteLength(text)).padStart(8)} dist/${name}`);
  }
}

const built = await buildAll();
await (process.argv.includes('--check') ? check(built) : write(built));
