/**
 * `npm run site`: builds the page of `site/` into one file, `site/dist/index.html`. The code is that of the action, and
 * nothing is loaded: script and style are in the page, and its content security policy allows only these.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { packageFolders, renderLicenses } from './licenses.ts';

const root = path.resolve(import.meta.dirname, '..');
const ENTRY = path.join(root, 'site/src/main.ts');
/** The built page. */
export const PAGE = path.join(root, 'site/dist/index.html');
/** Kilobytes, compressed as GitHub Pages compresses. */
const MAX_KILOBYTES = 80;

/**
 * `yaml` also writes YAML, which the page never does. These modules are a fifth of the package, and parsing uses nothing of
 * them. What they export becomes undefined.
 */
const WRITERS = /[\\/]yaml[\\/]browser[\\/]dist[\\/](?:stringify[\\/]|parse[\\/]cst-)/;

const withoutWriters: Plugin = {
  name: 'without-writers',
  setup({ onLoad }) {
    onLoad({ filter: WRITERS }, async ({ path: file }) => {
      const [, names = ''] = /^export \{(.*)\};$/m.exec(await readFile(file, 'utf8')) ?? [];
      return {
        contents: names
          .split(',')
          .map((name) => `export const ${name.trim()} = undefined;`)
          .join('\n'),
      };
    });
  },
};

/** The page's modules as one script, with the licences of packages. A module of Node.js among them fails the build. */
async function scriptOf(entry: string): Promise<{ readonly script: string; readonly licenses: string }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    plugins: [withoutWriters],
  });
  const { code } = await minify(outputFiles[0]?.text ?? '', {
    compress: { passes: 2, toplevel: true },
    mangle: true,
    ecma: 2020,
    format: { comments: false, asciiOnly: true },
  });
  const modules = Object.keys(metafile.inputs).map((file) => ({ resource: path.resolve(file) }));
  return {
    script: code.replaceAll('</script', String.raw`<\/script`),
    licenses: await renderLicenses(packageFolders(modules)),
  };
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
  const { script, licenses } = await scriptOf(ENTRY);
  const style = styleOf(await readFile(path.join(root, 'site/style.css'), 'utf8'));
  const parts: Readonly<Record<string, string>> = {
    csp: `<meta http-equiv="Content-Security-Policy" content="${securityPolicyOf(script, style)}">`,
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
    licenses: `<!--\n${licenses.replaceAll('--', '- -')}-->\n`,
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
