import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tokenFileIdentity } from '../../../src/identity/token-file.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwtOf = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.signature`;

let folder: string;
let workspace: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'token-file-'));
  workspace = path.join(folder, 'work');
  mkdirSync(workspace);
});
afterEach(() => rmSync(folder, { recursive: true }));

function setUp(file: string) {
  const masked: string[] = [];
  const identity = tokenFileIdentity({ path: file, workspace, mask: (secret) => void masked.push(secret) });
  return { identity, masked };
}

test('the token is masked as it is sent, without the line end of the file', async () => {
  const jwt = jwtOf({ sub: 'a' });
  writeFileSync(path.join(workspace, 'token'), `${jwt}\n`);
  const { identity, masked } = setUp('token');
  expect(identity.presented()).toBeUndefined();
  expect(await identity.token()).toEqual({ jwt, claims: { sub: 'a' } });
  expect(identity.presented()).toEqual({ sub: 'a' });
  expect(masked).toEqual([jwt]);
  expect(identity.tryOtherAudience()).toBe(false);
});

test('each call reads the file, which another program refreshes', async () => {
  const file = path.join(folder, 'token');
  const { identity } = setUp(file);
  for (const sub of ['first', 'second']) {
    writeFileSync(file, jwtOf({ sub }));
    expect((await identity.token()).claims).toEqual({ sub });
  }
});

describe('a file that cannot be used', () => {
  const refused = (file: string, found: string) =>
    expect(setUp(file).identity.token()).rejects.toMatchObject({
      code: 'TOKEN_FILE_UNUSABLE',
      details: { problem: `The token file ${file} (web-identity-token-file) cannot be used.`, found },
    });

  test('without a token is masked all the same, unless it is empty', async () => {
    writeFileSync(path.join(workspace, 'token'), 'not a token');
    const { identity, masked } = setUp('token');
    await expect(identity.token()).rejects.toMatchObject({
      details: { found: '11 characters that are not a JSON Web Token' },
    });
    expect(masked).toEqual(['not a token']);
    writeFileSync(path.join(workspace, 'empty'), ' \n');
    const empty = setUp('empty');
    await expect(empty.identity.token()).rejects.toMatchObject({ code: 'TOKEN_FILE_UNUSABLE' });
    expect(empty.masked).toEqual([]);
  });

  test('has more than 20000 characters', async () => {
    const longest = jwtOf({ sub: 'a' }).padEnd(20_000, 'x');
    writeFileSync(path.join(workspace, 'token'), longest);
    expect((await setUp('token').identity.token()).jwt).toBe(longest);
    writeFileSync(path.join(workspace, 'token'), `${longest}x`);
    await refused('token', 'a file larger than 20000 bytes');
  });

  test('is missing', () => refused('token', 'no such file'));

  test('is a folder', async () => {
    mkdirSync(path.join(workspace, 'token'));
    await refused('token', 'not a regular file');
  });

  test('is outside the workspace, by a relative path', async () => {
    writeFileSync(path.join(folder, 'token'), jwtOf({}));
    await refused('../token', 'a relative path that leads out of the workspace');
  });

  test('is a link that leads out of its folder', async () => {
    writeFileSync(path.join(folder, 'elsewhere'), jwtOf({}));
    symlinkSync('../elsewhere', path.join(workspace, 'token'));
    await refused('token', 'a symbolic link that leads out of its folder');
  });
});
