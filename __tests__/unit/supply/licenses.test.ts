import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageFolders, renderLicenses } from '../../../scripts/licenses.ts';
import { licenseProblems } from '../../../scripts/release-parts.ts';

/**
 * What is in a bundle is seen in the bundle itself: a long name, of a property or in a text, that one package has and no
 * other, nor any source of ours. The minifier leaves those as they are.
 */
const NAME = /[A-Za-z_][\w-]{9,}/g;

const textOf = (folder: string, extension: RegExp): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(folder, file).includes('node_modules'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

const namesIn = (text: string) => new Set(text.match(NAME));

/** Every package that may run in a job, with the names that it alone has. */
function namesByPackage(): Map<string, string[]> {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const runtime = Object.entries(packages).filter(([place, { dev }]) => place !== '' && dev !== true);
  const found = runtime.map(
    ([place]) => [place.replace(/^.*node_modules\//, ''), namesIn(textOf(place, /\.[cm]?js$/))] as const,
  );
  const owners = new Map<string, number>();
  for (const [, names] of [...found, ['', namesIn(textOf('src', /\.ts$/))] as const])
    for (const one of names) owners.set(one, (owners.get(one) ?? 0) + 1);
  return new Map(found.map(([name, names]) => [name, [...names].filter((one) => owners.get(one) === 1)]));
}

describe('licenses.txt', () => {
  const own = namesByPackage();
  const bundled = namesIn(textOf('dist', /\.js$/));
  const inside = [...own].flatMap(([name, names]) => (names.some((one) => bundled.has(one)) ? [name] : []));

  test('names every package that dist/ has', () => {
    const named = readFileSync('dist/licenses.txt', 'utf8').split('\n');
    expect(inside.filter((name) => !named.some((line) => line.startsWith(`${name} (`)))).toEqual([]);
  });

  test('is held against what is there', () => {
    expect(inside).toEqual(expect.arrayContaining(['@actions/core', '@aws-sdk/client-sts', '@smithy/core']));
  });
});

test('a package is found in merged modules, in scopes and in folders of other packages, on every system', () => {
  const resource = (file: string) => ({ resource: file });
  expect(
    packageFolders([
      resource('/home/build/main.js'),
      { modules: [resource('/home/node_modules/@actions/core/lib/core.js'), resource('/home/build/a.js')] },
      resource('C:\\home\\node_modules\\tunnel\\index.js'),
      resource('/home/node_modules/a/node_modules/b/c/d.js'),
    ]),
  ).toEqual([
    '/home/node_modules/@actions/core',
    'C:\\home\\node_modules\\tunnel',
    '/home/node_modules/a/node_modules/b',
  ]);
});

test('packages with the same terms share a text; one without a text has that of its repository, if the licence is the same', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'licenses-'));
  const add = (name: string, license: string, repository: unknown, text?: string) => {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'package.json'), JSON.stringify({ name, license, repository }));
    if (text !== undefined) writeFileSync(path.join(folder, name, 'LICENSE'), text);
    return path.join(folder, name);
  };
  const url = 'https://example.com/tools.git';
  const text = await renderLicenses([
    add('c', 'ISC', { url }),
    add('b', 'MIT', { url }),
    add('a', 'MIT', { url }, 'MIT License\r\n\r\nCopyright A\r\n\r\nDo what "you" want.\r\n'),
    add(
      'd',
      'MIT',
      'elsewhere',
      "(The MIT License)\n\n  Copyright (c) D (https://d.example)\n  Copyright E\n\nDo what 'you'\nwant.",
    ),
  ]);
  rmSync(folder, { recursive: true });
  expect(text).toBe(
    [
      'a (MIT)\n  Copyright A\nb (MIT)\n  Copyright A\nd (MIT)\n  Copyright (c) D (https://d.example)\n  Copyright E\n',
      `MIT License\n\nDo what "you" want.\n\n${'-'.repeat(80)}\n\nc (ISC)\n\n\n`,
    ].join('\n'),
  );
  expect(licenseProblems(text)).toEqual(['c has no licence text.']);
});
