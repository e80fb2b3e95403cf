import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

test('docs/dependencies.md has every runtime dependency, with its version and licence', () => {
  const page = readFileSync('docs/dependencies.md', 'utf8');
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const rows = [...page.matchAll(/^\| `(\S+)` \| (\S+) \| (\S+) \|/gm)].map(([, name, version, licence]) => ({
    name,
    version,
    licence,
  }));
  const wanted = Object.keys(dependencies).map((name) => {
    const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
    return { name, version, licence: license };
  });
  expect(rows).toEqual(wanted.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
});
