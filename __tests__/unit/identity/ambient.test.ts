import { describe, expect, test } from '@jest/globals';
import type { Credentials } from '../../../src/aws/session.ts';
import { ambientIdentity, type DefaultChain } from '../../../src/identity/ambient.ts';
import type { Environment } from '../../../src/platform/environment.ts';
import { ActionError } from '../../../src/platform/errors.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'variable secret', AWS_SESSION_TOKEN: 't' };
/** The credentials of a container or an instance. */
const FOUND: Credentials = {
  accessKeyId: 'ASIA',
  secretAccessKey: 'chain secret',
  sessionToken: 'chain token',
  expiration: new Date(0),
};

interface Options {
  readonly env?: Environment;
  readonly ignoreVariables?: boolean;
  readonly found?: Awaited<ReturnType<DefaultChain>>;
  readonly missing?: ActionError;
}

function setUp({ env = {}, ignoreVariables = false, found = FOUND, missing }: Options) {
  const masked: string[] = [];
  const searches: { readonly region: string; readonly variables: Environment }[] = [];
  const { credentials } = ambientIdentity({
    region: 'eu-west-1',
    env,
    ignoreVariables,
    defaultChain: async (region, variables) => {
      searches.push({ region, variables });
      return found;
    },
    mask: (secret) => void masked.push(secret),
    missing: async () => missing,
  });
  return { credentials, masked, searches };
}

test('keys in variables come first, and are masked', async () => {
  const { credentials, masked, searches } = setUp({ env: KEYS });
  expect(await credentials()).toEqual({
    accessKeyId: 'AKIA',
    secretAccessKey: 'variable secret',
    sessionToken: 't',
    expiration: undefined,
  });
  expect(masked).toEqual(['variable secret', 't']);
  expect(searches).toEqual([]);
});

describe('the default chain', () => {
  test('is searched once, and what it finds is masked', async () => {
    const { credentials, masked, searches } = setUp({});
    expect(await Promise.all([credentials(), credentials()])).toEqual([FOUND, FOUND]);
    expect(masked).toEqual(['chain secret', 'chain token']);
    expect(searches.map(({ region }) => region)).toEqual(['eu-west-1']);
  });

  test('can find long-lived keys, which have no session token', async () => {
    const { credentials, masked } = setUp({ found: { ...FOUND, sessionToken: undefined } });
    await credentials();
    expect(masked).toEqual(['chain secret']);
  });

  test('reads the AWS variables of the step, and none that only this process has', async () => {
    process.env.AWS_OF_THIS_PROCESS = 'x';
    try {
      const env = { AWS_PROFILE: 'work', HOME: '/home', AWS_ACCESS_KEY_ID: 'half a key' };
      const { credentials, searches } = setUp({ env });
      await credentials();
      expect(searches[0]?.variables).toMatchObject({ AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'half a key' });
      expect(searches[0]?.variables).toHaveProperty('AWS_OF_THIS_PROCESS', undefined);
      expect(searches[0]?.variables).not.toHaveProperty('HOME');
    } finally {
      delete process.env.AWS_OF_THIS_PROCESS;
    }
  });

  test('does not see the keys in variables if they are to be ignored', async () => {
    const { credentials, searches } = setUp({ env: KEYS, ignoreVariables: true });
    expect(await credentials()).toEqual(FOUND);
    expect(Object.entries(searches[0]?.variables ?? {}).filter(([name]) => name in KEYS)).toEqual([
      ['AWS_ACCESS_KEY_ID', undefined],
      ['AWS_SECRET_ACCESS_KEY', undefined],
      ['AWS_SESSION_TOKEN', undefined],
    ]);
  });
});

describe('without any credentials', () => {
  const found = { reason: 'CredentialsProviderError' };

  test('the error says why the chain found none', async () => {
    const { credentials, masked } = setUp({ found });
    await expect(credentials()).rejects.toMatchObject({
      code: 'NO_CREDENTIALS',
      details: { found: found.reason },
    });
    expect(masked).toEqual([]);
  });

  test('the error about a missing permission comes first', async () => {
    const missing = new ActionError('OIDC_PERMISSION_MISSING', { problem: 'x', remedy: 'y' });
    await expect(setUp({ found, missing }).credentials()).rejects.toBe(missing);
  });
});
