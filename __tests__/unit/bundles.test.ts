import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';

const DIST = path.resolve(import.meta.dirname, '../../dist');

async function codeOf(entry: string): Promise<string> {
  const names = (await readdir(path.join(DIST, entry))).filter((name) => name.endsWith('.js'));
  return (await Promise.all(names.map((name) => readFile(path.join(DIST, entry, name), 'utf8')))).join('\n');
}

/** What only the toolkit says. */
const TOOLKIT = /add-mask|GITHUB_STATE|setSecret/;
/** What only the SDK says. */
const SDK = /AssumeRoleWithWebIdentityCommand|AWSSecurityTokenServiceV20110615/;

describe('what the programs are made of', () => {
  test.each(['credential-process', 'broker'])(
    '%s has nothing of @actions/core, which writes to stdout',
    async (entry) => {
      expect(await codeOf(entry)).not.toMatch(TOOLKIT);
      expect(await codeOf('main')).toMatch(TOOLKIT);
    },
  );

  test.each(['post', 'logout'])('%s has nothing of the SDK, which it does not need', async (entry) => {
    expect(await codeOf(entry)).not.toMatch(SDK);
    expect(await codeOf('main')).toMatch(SDK);
  });

  test('accounts load the client of AWS Organizations, and a matrix of profiles no client', async () => {
    const organizations = /AWSOrganizationsV20161128/;
    for (const entry of ['main', 'exec', 'matrix']) {
      expect(await codeOf(entry)).toMatch(organizations);
      const first = await readFile(path.join(DIST, entry, 'index.js'), 'utf8');
      expect([organizations, SDK].map((client) => client.test(first))).toEqual([false, false]);
    }
    for (const entry of ['credential-process', 'broker', 'post'])
      expect(await codeOf(entry)).not.toMatch(organizations);
  });

  test('an audit loads the clients of AWS only to read deployed policies', async () => {
    const iam = /2010-05-08/;
    expect(await codeOf('audit')).toMatch(iam);
    const first = await readFile(path.join(DIST, 'audit/index.js'), 'utf8');
    expect([iam, SDK].map((client) => client.test(first))).toEqual([false, false]);
  });

  test('the credential process answers from the cache without loading the rest', async () => {
    expect(await readFile(path.join(DIST, 'credential-process/index.js'), 'utf8')).not.toMatch(SDK);
  });
});
