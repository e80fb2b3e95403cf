import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Check, runChecks } from '../../../scripts/checks.ts';
import { differences, nextVersion, signatureFinding } from '../../../scripts/release-checks.ts';
import {
  checksumProblems,
  DIST_BUDGET_BYTES,
  licenseProblems,
  sbomProblems,
  sizeProblems,
} from '../../../scripts/release-parts.ts';

describe('checks', () => {
  const passing: Check = { name: 'one', run: () => ({ problems: [], detail: 'fine' }) };
  const failing: Check = { name: 'two', run: () => ({ problems: ['a', 'b'] }) };
  const throwing: Check = {
    name: 'three',
    run: () => {
      throw Object.assign(new Error('git failed'), { stderr: 'not a repository\n' });
    },
  };
  async function printed(checks: readonly Check[], leftOut: readonly string[] = []) {
    const lines: string[] = [];
    return [await runChecks(checks, leftOut, (line) => lines.push(line)), ...lines];
  }

  test('print an outcome each, and stop at the first that fails', async () => {
    expect(await printed([passing, failing, passing])).toEqual([
      false,
      'passed    one: fine',
      'FAILED    two: a',
      'FAILED    two: b',
    ]);
    expect(await printed([throwing])).toEqual([false, 'FAILED    three: git failed\nnot a repository']);
  });

  test('say what was left out, and refuse names that are none', async () => {
    const left = [true, 'passed    one: fine', 'left out  two', '1 checks passed, 0 skipped, 1 left out.'];
    expect(await printed([passing, failing], ['two'])).toEqual(left);
    const skipping: Check = { name: 'three', run: () => ({ problems: [], skipped: 'no network' }) };
    expect(await printed([passing, skipping])).toEqual([
      true,
      'passed    one: fine',
      'skipped   three: no network',
      '1 checks passed, 1 skipped, 0 left out.',
    ]);
    expect(await printed([passing], ['tow'])).toEqual([
      false,
      '--without names no check: tow. The checks are one.',
    ]);
  });
});

test.each<[string, { status: number; output: string }, boolean, object]>([
  ['passes', { status: 0, output: '' }, true, { problems: [], detail: 'npm audit signatures' }],
  [
    'is skipped without a network',
    { status: 1, output: 'npm error code ENOTFOUND\n' },
    false,
    { problems: [], skipped: 'Sigstore cannot be reached' },
  ],
  [
    'is skipped for a registry without keys',
    { status: 1, output: 'found no dependencies to audit that were installed from a supported registry\n' },
    false,
    { problems: [], skipped: 'the registry has no keys for signatures' },
  ],
  [
    'fails for a release that cannot be checked',
    { status: 1, output: 'npm error code ENOTFOUND\n' },
    true,
    { problems: ['npm error code ENOTFOUND'] },
  ],
  [
    'fails for a signature that is not valid',
    { status: 1, output: '1 package has an invalid registry signature:\n' },
    false,
    { problems: ['1 package has an invalid registry signature:'] },
  ],
])('the check of signatures %s', (_title, result, isRelease, finding) => {
  expect(signatureFinding(result, isRelease)).toEqual(finding);
});

test('the next version is the first section with a number', () => {
  expect(nextVersion('# Changelog\n\n## Unreleased\n\n## 1.1.0\n\n## 1.0.0\n')).toBe('1.1.0');
  expect(nextVersion('# Changelog\n\n## Unreleased\n')).toBeUndefined();
});

describe('the parts of a release', () => {
  test('licences are accepted ones, with a text', () => {
    const line = '-'.repeat(80);
    expect(licenseProblems(`a (MIT)\nb (MIT)\n\nText\n\nof it\n\n${line}\n\nc (ISC)\n\nText\n`)).toEqual([]);
    expect(licenseProblems(`a (GPL-3.0)\n\nText\n\n${line}\n\nc (ISC)\n\n\n`)).toEqual([
      'a has the licence GPL-3.0, which nobody accepted.',
      'c has no licence text.',
    ]);
    expect(licenseProblems('')).toEqual(['dist/licenses.txt has no packages.']);
  });

  test('the SBOM lists what can run in a job', () => {
    const lock = {
      packages: {
        '': { version: '1.0.0' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/a/node_modules/@b/c': { version: '2.0.0' },
        'node_modules/tool': { version: '3.0.0', dev: true },
      },
    };
    const components = [
      { name: 'a', version: '1.0.0' },
      { name: '@b/c', version: '2.0.0' },
    ];
    expect(sbomProblems({ bomFormat: 'CycloneDX', components }, lock)).toEqual([]);
    expect(sbomProblems({ bomFormat: 'SPDX', components: components.slice(0, 1) }, lock)).toEqual([
      'The format of the SBOM is SPDX. Expected CycloneDX.',
      'The SBOM does not list @b/c@2.0.0.',
    ]);
    const tool = { name: 'tool', version: '3.0.0' };
    expect(sbomProblems({ bomFormat: 'CycloneDX', components: [...components, tool] }, lock)).toEqual([
      'The SBOM lists tool@3.0.0, which no job runs.',
    ]);
  });

  test('the checksums have every file', () => {
    const sums = `${'a'.repeat(64)}  action.yml\n${'b'.repeat(64)}  dist/main/index.js\n`;
    expect(checksumProblems(sums, ['action.yml', 'dist/main/index.js'])).toEqual([]);
    expect(checksumProblems(sums, ['dist/post/index.js'])).toEqual([
      'SHA256SUMS does not list dist/post/index.js.',
    ]);
  });

  test('dist/ stays in its budget', () => {
    expect(sizeProblems(DIST_BUDGET_BYTES - 1)).toEqual([]);
    expect(sizeProblems(DIST_BUDGET_BYTES)).toHaveLength(1);
  });

  test('two builds have the same files', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'builds-'));
    const build = (name: string, files: Record<string, string>) => {
      mkdirSync(path.join(folder, name, 'below'), { recursive: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, name, file), text);
      return path.join(folder, name);
    };
    const one = build('one', { 'a.js': '1', 'below/b.js': '2', 'c.js': '3' });
    const other = build('other', { 'a.js': '1', 'below/b.js': '/tmp/other', 'd.js': '4' });
    expect(differences(one, one)).toEqual([]);
    expect(differences(one, other)).toEqual([
      'below/b.js differs between two builds.',
      'c.js differs between two builds.',
      'd.js differs between two builds.',
    ]);
    rmSync(folder, { recursive: true });
  });
});
