import { describe, expect, test } from '@jest/globals';
import { readConfig, readTimeout } from '../../../src/config/read-config.ts';
import { PUSH } from '../../support/events.ts';
import { type Inputs, partsOf, problemsOf, textOf } from './problems.ts';

const JOB = { repository: 'octo-org/octo-app', runId: '42' };
const REGION: Inputs = { 'aws-region': 'eu-west-1' };
const ROLE: Inputs = { 'role-to-assume': 'arn:aws:iam::111111111111:role/deploy' };
const FLAT: Inputs = { ...REGION, ...ROLE };
const KEYS: Inputs = { 'aws-access-key-id': 'AKIAX', 'aws-secret-access-key': 'secret' };
const ROLE_ARN = 'role_arn = arn:aws:iam::111111111111:role/deploy\n';
const GRAPH: Inputs = { ...REGION, profiles: `[a]\n${ROLE_ARN}` };

/** The environment of a job that may request an OIDC token. */
const ENV = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer' };

function read(inputs: Inputs, env: Record<string, string> = ENV) {
  const { profiles: text } = inputs;
  const profiles = text === undefined ? undefined : ({ input: 'profiles', text } as const);
  return readConfig({ text: textOf(inputs), env, job: JOB, profiles, pullRequest: PUSH });
}

const problems = (inputs: Inputs, env?: Record<string, string>) => problemsOf(() => read(inputs, env));

test('inputs with a simple value have their place', () => {
  expect(
    read({
      ...FLAT,
      'max-parallel': '3',
      'use-existing-credentials': 'true',
      'dry-run': 'true',
      'trust-policy': 'trust.json',
      'github-token': 'token',
      'warn-on-privileged-trigger': 'false',
      'action-timeout-s': '90',
      'allowed-account-ids': '111111111111',
      'minimum-remaining-seconds': '600',
    }),
  ).toMatchObject({
    maxParallel: 3,
    useExisting: true,
    dryRun: true,
    trustPolicies: ['trust.json'],
    gitHubToken: 'token',
    warnOnPrivilegedTrigger: false,
    timeoutSeconds: 90,
    guards: { allowedAccountIds: ['111111111111'], minimumRemainingSeconds: 600 },
    profiles: undefined,
  });
});

describe('a role may be missing', () => {
  test('if neither a role nor an identity is chosen', () => {
    expect(read(REGION)).toMatchObject({ roleMayBeMissing: true, identity: { kind: 'ambient' } });
    expect(read(REGION, {}).roleMayBeMissing).toBe(true);
    expect(read({ ...REGION, 'use-existing-credentials': 'true' }).roleMayBeMissing).toBe(true);
  });

  test.each<[Inputs]>([
    [ROLE],
    [{ ...ROLE, auth: 'ambient' }],
    [{ ...ROLE, 'force-skip-oidc': 'true' }],
    [{ profiles: GRAPH.profiles ?? '' }],
    [{ profiles: GRAPH.profiles ?? '', 'role-chaining': 'true' }],
    [{ auth: 'ambient' }],
    [{ 'force-skip-oidc': 'true' }],
    [{ operation: 'get-session-token' }],
    [KEYS],
  ])('not with %j', (inputs) => {
    expect(read({ ...REGION, ...inputs }, {}).roleMayBeMissing).toBe(false);
    expect(read({ ...REGION, ...inputs }).roleMayBeMissing).toBe(false);
  });
});

describe('what later steps get', () => {
  test.each<[Inputs, string, boolean, boolean]>([
    [FLAT, 'off', true, true],
    [{ ...FLAT, 'output-env-credentials': 'false' }, 'off', false, false],
    [{ ...FLAT, 'aws-profile': 'x' }, 'off', false, false],
    [{ ...FLAT, 'aws-profile': 'x', 'output-env-credentials': 'true' }, 'off', true, true],
    [{ ...FLAT, refresh: 'process' }, 'process', true, true],
    [{ ...FLAT, 'aws-profile': 'x', refresh: 'process' }, 'process', true, true],
    [{ ...FLAT, 'output-env-credentials': 'false', refresh: 'broker' }, 'broker', false, false],
    [GRAPH, 'off', true, false],
    [{ ...GRAPH, 'output-env-credentials': 'true' }, 'off', true, true],
    [{ ...GRAPH, 'output-env-credentials': 'false' }, 'off', false, false],
  ])('%j: refresh %s, environment %j, keys %j', (inputs, refresh, environment, keys) => {
    expect(read(inputs).delivery).toMatchObject({ refresh, environment, keys });
  });

  test('follows the other inputs', () => {
    expect(
      read({
        ...FLAT,
        'output-credentials': 'true',
        'export-region': 'false',
        'aws-profile': 'x',
        'overwrite-aws-profile': 'true',
        'job-summary': 'true',
        'unset-current-credentials': 'true',
        'mask-aws-account-id': 'true',
        'mask-aws-access-key-id': 'false',
      }).delivery,
    ).toEqual({
      refresh: 'off',
      brokerAddress: '127.0.0.1',
      environment: false,
      keys: false,
      outputs: true,
      region: false,
      profile: 'x',
      overwriteProfiles: true,
      summary: true,
      unsetCurrent: true,
      maskAccountId: true,
      maskAccessKeyId: false,
    });
  });
});

describe('how STS is reached', () => {
  test('is left to the defaults', () => {
    expect(read(FLAT).sts).toEqual({
      endpoint: undefined,
      fallbackRegions: undefined,
      proxy: { httpProxy: undefined, noProxy: undefined },
    });
  });

  test('is in the inputs', () => {
    expect(
      read({
        ...FLAT,
        'sts-endpoint': 'https://sts.example.com',
        'sts-fallback-regions': 'none',
        'http-proxy': 'http://proxy:3128',
        'no-proxy': 'localhost',
      }).sts,
    ).toEqual({
      endpoint: new URL('https://sts.example.com'),
      fallbackRegions: [],
      proxy: { httpProxy: new URL('http://proxy:3128'), noProxy: 'localhost' },
    });
  });

  describe('can be in a variable of the SDKs', () => {
    test.each([
      { AWS_ENDPOINT_URL_STS: ' https://sts.example.com ' },
      { AWS_ENDPOINT_URL: 'http://localhost:4566' },
      { AWS_ENDPOINT_URL: 'nonsense', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    ])('%j', (env) => {
      expect(problems(FLAT, { ...ENV, ...env })).toEqual([]);
    });

    test('which is checked', () => {
      expect(partsOf(() => read(FLAT, { ...ENV, AWS_ENDPOINT_URL: ' localhost ' }))).toEqual([
        {
          problem: 'The variable AWS_ENDPOINT_URL is not valid.',
          found: 'localhost',
          expected: 'an http or https URL without user name and password',
          remedy:
            'Write scheme and host, such as https://sts.eu-west-1.amazonaws.com. Correct the environment variable, or override it with sts-endpoint.',
        },
      ]);
      expect(problems(FLAT, { ...ENV, AWS_ENDPOINT_URL: 'http://user@localhost' })).toEqual([
        'AWS_ENDPOINT_URL: 21 characters (not shown because they may contain a password)',
      ]);
    });

    test('which is that of another service where accounts are listed', () => {
      const env = { ...ENV, AWS_ENDPOINT_URL_ORGANIZATIONS: 'localhost' };
      expect(problems(FLAT, env)).toEqual([]);
      const accounts: Inputs = { 'accounts-from': 'organization', 'account-role': 'deploy' };
      expect(partsOf(() => read({ ...FLAT, ...accounts }, env))).toEqual([
        {
          problem: 'The variable AWS_ENDPOINT_URL_ORGANIZATIONS is not valid.',
          found: 'localhost',
          expected: 'an http or https URL without user name and password',
          remedy:
            'Write scheme and host, such as https://sts.eu-west-1.amazonaws.com. Correct the environment variable.',
        },
      ]);
    });
  });
});

describe('how often requests are repeated', () => {
  test.each<[Inputs, number, number, boolean]>([
    [{}, 12, 2, true],
    [{ 'retry-max-attempts': '12' }, 12, 11, false],
    [{ 'retry-max-attempts': '5' }, 5, 4, false],
    [{ 'retry-max-attempts': '1' }, 1, 0, false],
    [{ 'retry-max-attempts': '0' }, 1, 0, false],
    [{ 'disable-retry': 'true' }, 1, 2, false],
    [{ 'disable-retry': 'true', 'retry-max-attempts': '5' }, 1, 0, false],
    [{ 'special-characters-workaround': 'true' }, 12, 2, true],
    [{ 'special-characters-workaround': 'true', 'retry-max-attempts': '5' }, 12, 2, true],
    [{ 'special-characters-workaround': 'true', 'disable-retry': 'true' }, 12, 2, true],
  ])('%j: %i attempts, %i retries of a denied request, throttled ones until the deadline: %j', (...row) => {
    const [inputs, maxAttempts, retries, throttledUntilDeadline] = row;
    expect(read({ ...FLAT, ...inputs })).toMatchObject({
      maxAttempts,
      throttledUntilDeadline,
      refusals: { retries, waitSeconds: 0 },
    });
  });

  test.each([{}, { 'special-characters-workaround': 'true' }])(
    'a denied request with %j also for as long as wait-for-role says',
    (inputs) => {
      expect(read({ ...FLAT, ...inputs, 'wait-for-role': '30' }).refusals).toEqual({
        retries: 2,
        waitSeconds: 30,
      });
    },
  );
});

describe('what decides about the roles', () => {
  const other = 'role_arn_for_pull_requests = arn:aws:iam::111111111111:role/read\n';
  test.each<[string, Inputs, boolean]>([
    ['one role for all events', FLAT, false],
    [
      'another role for pull requests',
      { ...FLAT, 'role-for-pull-requests': 'arn:aws:iam::111111111111:role/x' },
      true,
    ],
    ['profiles that are the same for all events', GRAPH, false],
    [
      'a profile with another role for pull requests',
      { ...GRAPH, profiles: `${GRAPH.profiles}${other}[b]\n${ROLE_ARN}` },
      true,
    ],
  ])('%s', (_title, inputs, isKept) => {
    expect(read(inputs).roleChoice).toBe(isKept ? PUSH : undefined);
  });
});

test('the timeout is known before the other inputs are', () => {
  expect(readTimeout(textOf({}))).toBe(60);
  expect(readTimeout(textOf({ 'action-timeout-s': '0' }))).toBe(0);
  expect(readTimeout(textOf({ 'action-timeout-s': '5m' }))).toBe(60);
});

test('the region is required, and its absence is one problem', () => {
  const foreign = 'arn:aws-cn:iam::111111111111:role/x';
  expect(partsOf(() => read({ 'role-to-assume': foreign, 'sts-fallback-regions': 'cn-north-1' }))).toEqual([
    {
      problem: 'The input aws-region is not valid.',
      found: 'nothing',
      expected: 'the AWS region of the sessions, such as eu-west-1',
      remedy: 'Add aws-region under with:.',
    },
  ]);
});

test('problems of the inputs that only one action has are reported with the others', () => {
  const sources = {
    text: textOf({ ...FLAT, 'role-session-name': '/', shell: 'zsh' }),
    env: ENV,
    job: JOB,
    pullRequest: PUSH,
  };
  expect(problemsOf(() => readConfig(sources, (inputs) => inputs.get('shell')))).toEqual([
    'role-session-name: /',
    'shell: zsh',
  ]);
  expect(problemsOf(() => readConfig(sources))).toEqual(['role-session-name: /']);
});

describe('a role without an account', () => {
  const STORE = 'arn:minio:iam:::role/dev';
  const inputs: Inputs = { ...REGION, 'role-to-assume': STORE };
  const profiles: Inputs = { ...REGION, profiles: `[profile a]\nrole_arn = ${STORE}\n` };

  test.each<[string, Inputs]>([
    ['role-to-assume', inputs],
    ['profiles', profiles],
  ])('in %s needs an STS of its own', (input, given) => {
    expect(problems(given)).toEqual([`${input}: ${STORE}`]);
    expect(problems({ ...given, 'sts-endpoint': 'https://minio.example' })).toEqual([]);
    expect(problems(given, { ...ENV, AWS_ENDPOINT_URL_STS: 'https://minio.example' })).toEqual([]);
  });
});
