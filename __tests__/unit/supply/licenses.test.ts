import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { packageFolders } from '../../../scripts/licenses.ts';

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
  const inside = (entry: string) => {
    const bundled = namesIn(textOf(`dist/${entry}`, /\.js$/));
    return [...own].flatMap(([name, names]) => (names.some((one) => bundled.has(one)) ? [name] : []));
  };

  test.each(readdirSync('dist'))('names every package that the bundle of %s has', (entry) => {
    const named = readFileSync(`dist/${entry}/licenses.txt`, 'utf8').split('\n');
    expect(inside(entry).filter((name) => !named.includes(name))).toEqual([]);
  });

  test('is held against what is there', () => {
    expect(inside('main')).toEqual(
      expect.arrayContaining(['@actions/core', '@actions/github', '@aws-sdk/client-sts', '@smithy/core']),
    );
    expect(inside('post')).toContain('@actions/core');
    expect(inside('broker')).not.toContain('@actions/core');
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
