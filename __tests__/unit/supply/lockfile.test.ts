import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { satisfies, subset } from 'semver';
import {
  completed,
  type Lock,
  missingPackages,
  withoutIntegrity,
} from '../../../scripts/complete-lockfile.ts';

const SHA = `sha512-${'A'.repeat(86)}==`;

describe('package-lock.json', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

  test('has the checksum of every package, those of other platforms among them', () => {
    expect(withoutIntegrity(lock)).toEqual([]);
    expect(missingPackages(lock)).toEqual([]);
  });

  test('is what completing it gives', () => {
    const asked: string[] = [];
    const again = completed(lock, (name) => {
      asked.push(name);
      return undefined;
    });
    expect(again).toEqual(lock);
    expect(asked).toEqual([]);
  });

  test('names no registry of one machine', () => {
    expect(Object.entries(lock.packages).filter(([, entry]) => 'resolved' in entry)).toEqual([]);
  });
});

/** The first version of each line of Node that `package.json` names, and a late one. */
const NODE_VERSIONS = ['20.19.0', '20.20.2', '22.13.0', '22.23.3', '24.0.0', '24.21.0'];

describe('npm ci has nothing to warn of', () => {
  const metadata = JSON.parse(readFileSync('package.json', 'utf8'));
  const packages = Object.entries((JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock).packages);

  test('because every package runs on each Node that the project runs on', () => {
    const { node } = metadata.engines;
    expect(NODE_VERSIONS.filter((version) => !satisfies(version, node))).toEqual([]);
    const newer = packages.filter(([, { engines }]) => !subset(node, engines?.node ?? '*'));
    expect(newer.map(([place, { engines }]) => `${place}: ${engines?.node}`)).toEqual([]);
  });

  test('because package.json says of every install script whether it runs', () => {
    const withScript = packages.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = withScript.map(([place]) => place.replace(/^.*node_modules\//, ''));
    expect(names.filter((name) => metadata.allowScripts[name] === undefined)).toEqual([]);
  });
});

describe('completing', () => {
  const lock: Lock = {
    lockfileVersion: 3,
    packages: {
      '': { version: '1.0.0' },
      'node_modules/tool': {
        version: '2.0.0',
        integrity: SHA,
        optionalDependencies: { '@tool/linux': '2.0.0', '@tool/darwin': '^2.0.0', '@tool/win32': '2.0.0' },
      },
      'node_modules/@tool/win32': { version: '2.0.0', optional: true, os: ['win32'] },
      'node_modules/@tool/linux': { version: '2.0.0', integrity: SHA },
      'node_modules/weak': { version: '1.0.0', integrity: 'sha1-AAAA' },
    },
  };

  test('adds packages that were left out, and checksums', () => {
    const { packages } = completed(lock, (name, version) => ({
      'dist.integrity': `sha512-${name}-${version}`,
      os: [name.replace('@tool/', '')],
    }));
    expect(packages['node_modules/@tool/darwin']).toEqual({
      version: '2.0.0',
      integrity: 'sha512-@tool/darwin-2.0.0',
      dev: true,
      optional: true,
      os: ['darwin'],
    });
    expect(packages['node_modules/@tool/win32']?.integrity).toBe('sha512-@tool/win32-2.0.0');
    expect(packages['node_modules/weak']?.integrity).toBe('sha512-weak-1.0.0');
    expect(packages['node_modules/@tool/linux']).toEqual(lock.packages['node_modules/@tool/linux']);
    expect(Object.keys(packages)).toEqual(Object.keys(packages).toSorted());
  });

  test('leaves what the registry does not hold without one, and says so', () => {
    const done = completed(lock, () => undefined);
    expect(withoutIntegrity(done)).toEqual([
      'node_modules/@tool/darwin',
      'node_modules/@tool/win32',
      'node_modules/weak',
    ]);
  });
});
