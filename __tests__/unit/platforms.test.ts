import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../src/config/command-config.ts';
import { credentialProcessLine } from '../../src/refresh/credential-process/command-line.ts';
import { cacheFile } from '../../src/refresh/stored/session-cache.ts';
import { sharedConfigPaths } from '../../src/shared-config/profiles.ts';

/** Rules of platforms that hold wherever they are tested. What only the system itself can show runs in CI on each. */

test('the home of a Windows runner is USERPROFILE', () => {
  const home = { USERPROFILE: path.join('C:', 'Users', 'runneradmin') };
  expect(sharedConfigPaths(home).config).toBe(path.join(home.USERPROFILE, '.aws', 'config'));
  expect(sharedConfigPaths({ ...home, AWS_CONFIG_FILE: '~\\aws\\config' }).config).toBe(
    path.join(home.USERPROFILE, '\\aws\\config'),
  );
});

test('paths of Windows pass through a command line without a shell as they are', () => {
  expect(commandLine('"C:\\Program Files\\tool.exe" C:\\a\\b.txt \'one word\'')).toEqual({
    value: ['C:\\Program Files\\tool.exe', 'C:\\a\\b.txt', 'one word'],
  });
});

describe('credential_process', () => {
  test('as the runner of each system has its paths', () => {
    const question = ['--profile', 'dev', '--plan'];
    expect(
      credentialProcessLine(
        [
          '/Users/runner/externals/node24/bin/node',
          '/Users/runner/work/_actions/x/dist/credential-process/index.js',
          ...question,
          '/Users/runner/work/_temp/plan.json',
        ],
        'darwin',
      ),
    ).not.toMatch(/['"]/);
    expect(
      credentialProcessLine(
        [
          'C:\\actions-runner\\externals\\node24\\bin\\node.exe',
          'D:\\a\\_actions\\x\\dist\\credential-process\\index.js',
          ...question,
          'D:\\a\\_temp\\plan.json',
        ],
        'win32',
      ),
    ).not.toMatch(/['"]/);
  });

  /** Microsoft's C runtime: a backslash before a quote would take the quote along; none of ours ends with one. */
  test('a quoted path on Windows does not end with a backslash', () => {
    expect(credentialProcessLine(['C:\\my runner\\node.exe'], 'win32')).toBe('C:"\\my runner\\node.exe"');
  });
});

test('names that differ in case alone have files that differ on systems without letter case', () => {
  const files = ['dev', 'Dev', 'DEV'].map((name) => cacheFile('x', name).toLowerCase());
  expect(new Set(files).size).toBe(3);
});
