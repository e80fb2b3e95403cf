/**
 * Builds `dist/` from `src/`: TypeScript compiles, ncc bundles all programs as one graph of CommonJS modules, and swc
 * minifies every file. (The minifier of ncc leaves lazy chunks as they are.) CommonJS, since Node starts it faster: an
 * ES module that imports a built-in module evaluates every export of it, and `node:http` has all of undici among them.
 *
 *     node scripts/build.ts            writes dist/
 *     node scripts/build.ts --check    fails if the committed dist/ differs from what src/ builds
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { minify } from '@swc/core';
import ncc from '@vercel/ncc';
import { PROGRAMS } from '../src/entry/programs.ts';
import { withEagerModules } from './eager-modules.ts';
import { withLazyBuiltins } from './lazy-builtins.ts';
import { bundledModules, packageFolders, renderLicenses } from './licenses.ts';
import { chunksOf } from './program-files.ts';
import { withSharedModules } from './shared-modules.ts';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

/**
 * Packages with code that is never used here, which webpack can only leave out of ES modules without side effects. The
 * build copies them next to the compiled sources, where they are found first, and edits their `package.json`.
 *
 * - The SDK has ES modules, but ncc prefers its CommonJS and has no option to change that.
 * - `yaml` has ES modules for browsers only, with the same code.
 * - `@actions/core` has ES modules, but does not say that importing them does nothing: its clients for HTTP and child
 *   processes stay out.
 * - `@actions/github`, the two of `@octokit`, and the agents for proxies import {@link STAND_INS}.
 */
const REDUCIBLE = [
  '@actions/core',
  '@actions/github',
  '@aws-sdk',
  '@octokit/core',
  '@octokit/request',
  '@smithy',
  'http-proxy-agent',
  'https-proxy-agent',
  'yaml',
];

/**
 * Packages that others import, and what stands in for them.
 *
 * - `@actions/github` would add GraphQL, pages of answers, integers above 2^53, and a method for each endpoint of GitHub's
 *   API: 90 KB. The action names the two paths that it reads (`src/platform/runner/github-api.ts`).
 * - The agents for proxies would print the proxy's password and the header of each request if the job sets `DEBUG`.
 */
const STAND_INS = {
  '@octokit/graphql': 'export const withCustomRequest = () => ({ defaults: () => ({}) });',
  '@octokit/plugin-rest-endpoint-methods': 'export const restEndpointMethods = () => ({});',
  '@octokit/plugin-paginate-rest': 'export const paginateRest = () => ({});',
  'json-with-bigint': 'export const JSONParse = JSON.parse, JSONStringify = JSON.stringify;',
  debug: 'export default () => () => {};',
};

/** `@actions/github` would send its requests with undici or tunnel, which are those of the action here: half a megabyte. */
const NEVER_RUN = { undici: 'node:http', tunnel: 'node:http' };

type Files = Map<string, string>;

/** The programs and the code that they share: `dist/programs/`, with a licence list for all of it. */
async function bundle(): Promise<Files> {
  const built = await ncc(path.join(root, 'build/entry/programs.js'), {
    cache: false,
    esm: false,
    quiet: true,
    externals: NEVER_RUN,
  });
  const chunks: Files = new Map([['index.js', await minified(built.code)]]);
  for (const [name, { source }] of Object.entries(built.assets))
    chunks.set(name, await minified(source.toString()));
  const quickest = ['main', 'post'].flatMap((name) => chunksOf(name, built.code));
  const files: Files = new Map();
  for (const [name, code] of await withSharedModules(chunks, (chunk) => quickest.includes(chunk)))
    files.set(path.posix.join('programs', name), await withEagerModules(code));
  // The licence list of ncc misses packages that webpack merges into a chunk, for example @actions/core.
  files.set(
    'licenses.txt',
    await renderLicenses(others(packageFolders(bundledModules(built.stats.compilation)))),
  );
  return files;
}

/** The folders of packages without the stand-ins, which are of this project. */
function others(folders: readonly string[]): string[] {
  const standIns = Object.keys(STAND_INS).map((name) => path.join(root, 'build/node_modules', name));
  return folders.filter((folder) => !standIns.includes(folder));
}

/** `dist/NAME/index.js` of each program. */
function starters(): Files {
  const names = Object.keys(PROGRAMS);
  const code = (name: string) => `require('../programs/index.js').start('${name}');\n`;
  return new Map(names.map((name) => [`${name}/index.js`, code(name)]));
}

async function copyReducible(): Promise<void> {
  for (const name of REDUCIBLE) {
    const copy = path.join(root, 'build/node_modules', name);
    await cp(path.join(root, 'node_modules', name), copy, { recursive: true });
    const packages = name.startsWith('@') && !name.includes('/') ? await readdir(copy) : ['.'];
    for (const folder of packages) await preferEsModules(path.join(copy, folder, 'package.json'));
  }
}

async function writeStandIns(): Promise<void> {
  for (const [name, code] of Object.entries(STAND_INS)) {
    const folder = path.join(root, 'build/node_modules', name);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"module","main":"index.js"}');
    await writeFile(path.join(folder, 'index.js'), code);
  }
}

async function preferEsModules(file: string): Promise<void> {
  const { exports, ...metadata } = JSON.parse(await readFile(file, 'utf8'));
  const main = metadata.module ?? metadata.main;
  const edited = { sideEffects: false, ...metadata, main, exports: esModulesOf(exports) };
  await writeFile(file, JSON.stringify(edited));
}

/** The `exports` of a package.json, reduced to ES modules where it has any. */
function esModulesOf(exports: unknown): unknown {
  if (typeof exports !== 'object' || exports === null) return exports;
  for (const condition of ['module', 'import', 'default'])
    if (condition in exports) return exports[condition as keyof typeof exports];
  return Object.fromEntries(Object.entries(exports).map(([key, value]) => [key, esModulesOf(value)]));
}

async function minified(code: string): Promise<string> {
  const result = await minify(withLazyBuiltins(code), {
    compress: { passes: 3, ecma: 2022 },
    mangle: true,
    ecma: 2022,
    format: { comments: false },
  });
  return `${result.code}\n`;
}

async function build(): Promise<Files> {
  await rm(path.join(root, 'build'), { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  await copyReducible();
  await writeStandIns();
  return new Map([...starters(), ...(await bundle()), ['package.json', '{"type":"commonjs"}\n']]);
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
  }
  const bytes = [...built.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  console.log(`dist/: ${built.size} files, ${Math.round(bytes / 1000)} kB`);
}

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const built = await build();
if (values.check) {
  await check(built);
} else {
  await rm(dist, { recursive: true, force: true });
  await write(built);
}
