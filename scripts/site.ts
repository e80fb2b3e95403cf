/**
 * `npm run site`: builds the page of `site/` into one file, `site/dist/index.html`. The code is that of the action, and
 * nothing is loaded: script and style are in the page, and its content security policy allows only these.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify, transform } from '@swc/core';

const root = path.resolve(import.meta.dirname, '..');
const ENTRY = path.join(root, 'site/src/main.ts');
/** The built page. */
export const PAGE = path.join(root, 'site/dist/index.html');
/** Kilobytes, compressed as GitHub Pages compresses. */
const MAX_KILOBYTES = 80;

/** A module of CommonJS without types, and the files that it imports. */
async function moduleOf(file: string): Promise<{ code: string; imports: readonly string[] }> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs', strictMode: false },
  });
  const imports = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, specifier = '']) => specifier);
  const foreign = imports.filter((specifier) => !specifier.startsWith('.'));
  if (foreign.length > 0)
    throw new Error(`The page cannot have ${foreign.join(', ')}, which ${file} imports.`);
  return { code, imports };
}

/** The page's modules as one script: each is a function, and the first one starts the page. */
async function scriptOf(entry: string): Promise<string> {
  const files = [entry];
  const modules: string[] = [];
  for (const file of files) {
    const { code, imports } = await moduleOf(file);
    for (const specifier of imports) {
      const target = path.resolve(path.dirname(file), specifier);
      if (!files.includes(target)) files.push(target);
    }
    const linked = code.replaceAll(
      /\brequire\("([^"]+)"\)/g,
      (_all, specifier) => `require(${files.indexOf(path.resolve(path.dirname(file), specifier))})`,
    );
    modules.push(`(exports, require) => {${linked}}`);
  }
  const script = `
    const modules = [${modules.join(',\n')}];
    const loaded = [];
    const load = (index) => {
      if (loaded[index] === undefined) modules[index]((loaded[index] = {}), load);
      return loaded[index];
    };
    load(0);`;
  const { code } = await minify(`(() => {"use strict";${script}})()`, {
    compress: { passes: 2 },
    mangle: true,
    ecma: 2020,
    format: { comments: false, asciiOnly: true },
  });
  return code.replaceAll('</script', String.raw`<\/script`);
}

/** Comments and indentation are for readers of the source. */
function styleOf(css: string): string {
  return css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s*\n\s*/g, '\n')
    .trim();
}

function securityPolicyOf(script: string, style: string): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    'img-src data:',
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
  ].join('; ');
}

/** Builds the page, and writes it to `PAGE`. */
export async function buildSite(): Promise<{ readonly bytes: number; readonly compressed: number }> {
  const script = await scriptOf(ENTRY);
  const style = styleOf(await readFile(path.join(root, 'site/style.css'), 'utf8'));
  const parts: Readonly<Record<string, string>> = {
    csp: `<meta http-equiv="Content-Security-Policy" content="${securityPolicyOf(script, style)}">`,
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
  };
  const template = await readFile(path.join(root, 'site/index.html'), 'utf8');
  // Other comments are for readers of the source.
  const page = template.replaceAll(/ *<!-- (.*?) -->\n/g, (_all, name) => parts[name] ?? '');
  await mkdir(path.dirname(PAGE), { recursive: true });
  await writeFile(PAGE, page);
  return { bytes: Buffer.byteLength(page), compressed: gzipSync(page).length };
}

if (import.meta.main) {
  const { bytes, compressed } = await buildSite();
  const [whole, small] = [bytes, compressed].map((size) => (size / 1024).toFixed(1));
  console.log(`site/dist/index.html: ${whole} KB, ${small} KB compressed`);
  if (compressed > MAX_KILOBYTES * 1024) {
    console.error(`The page is larger than ${MAX_KILOBYTES} KB.`);
    process.exitCode = 1;
  }
}
