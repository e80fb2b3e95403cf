import { describe, expect, test } from '@jest/globals';
import { gitHubTrust } from '../../lab/world.ts';
import { errorOf, HUB, MINIMAL, NO_TRACES, SPOKE, traces, USER_KEYS, withJob } from '../support/harness.ts';

const BY_USER = {
  'aws-region': 'eu-west-1',
  ...USER_KEYS,
  'role-to-assume': 'arn:aws:iam::111111111111:role/by-user',
};

describe('durations', () => {
  test.each([
    [43_200, 1],
    [3600, 5],
    [25_200, 6],
  ])('max finds %i s in %i requests', (maxSessionSeconds, requests) =>
    withJob({}, async ({ lab, uses }) => {
      const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'deploy');
      Object.assign(role ?? {}, { maxSessionSeconds });
      const step = await uses({ ...MINIMAL, 'role-duration-seconds': 'max' });
      expect(step.log).toContain(`max is ${maxSessionSeconds / 3600} h`);
      const life = Date.parse(step.outputs['aws-expiration'] ?? '') - Date.now();
      expect(Math.abs(life / 1000 - maxSessionSeconds)).toBeLessThan(30);
      expect(lab.traffic.counts().sts).toBe(requests);
    }),
  );

  test('max on a hop is an hour, in one request', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses({ ...MINIMAL, 'role-to-assume': HUB, 'role-chain': SPOKE, 'role-duration-seconds': 'max' });
      expect(lab.traffic.requests.at(-1)?.parameters.DurationSeconds).toBe('3600');
      expect(lab.traffic.counts().sts).toBe(2);
    }));

  test.each([
    ['without other policies', {}, [{ Effect: 'Allow' }, { Effect: 'Deny' }]],
    [
      'with a policy of the user',
      {
        'inline-session-policy':
          '{"Version":"2012-10-17","Statement":{"Sid":"Own","Effect":"Allow","Action":"s3:*","Resource":"*"}}',
      },
      [{ Sid: 'Own' }, { Effect: 'Deny' }],
    ],
    [
      'with managed policies',
      { 'managed-session-policies': 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      [{ Effect: 'Deny' }],
    ],
  ])('less than 900 s: cut short by a policy, %s', (_what, inputs, statements) =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...MINIMAL, ...inputs, 'role-duration-seconds': '120' });
      const { Policy = '', DurationSeconds } = lab.traffic.requests.at(-1)?.parameters ?? {};
      const document = JSON.parse(Policy);
      expect(DurationSeconds).toBe('900');
      expect(document.Statement).toMatchObject(statements);
      const moment = document.Statement.at(-1).Condition.DateGreaterThan['aws:CurrentTime'];
      expect(Math.abs(Date.parse(moment) - Date.parse(step.outputs['aws-expiration'] ?? ''))).toBeLessThan(
        1000,
      );
      expect(Math.abs((Date.parse(moment) - Date.now()) / 1000 - 120)).toBeLessThan(20);
    }),
  );

  test('less than 900 s beside a policy that leaves no room is explained', () =>
    withJob({}, async ({ uses }) => {
      const Resource = `arn:aws:s3:::${'x'.repeat(1900)}`;
      const policy = JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource }],
      });
      const step = await uses({
        ...MINIMAL,
        'inline-session-policy': policy,
        'role-duration-seconds': '120',
      });
      expect(errorOf(step)).toMatch(/role-duration-seconds and inline-session-policy do not fit together/);
    }));

  test('more than the role allows is its own error', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'role-duration-seconds': '7200' }))).toContain(
        '[STS_DURATION_TOO_LONG]',
      );
    }));

  test('minimum-remaining-seconds refuses what is too short, and delivers nothing', () =>
    withJob({ sessionSeconds: 600 }, async ({ uses }) => {
      const step = await uses({ ...MINIMAL, 'minimum-remaining-seconds': '3000' });
      expect(errorOf(step)).toMatch(/\[SESSION_TOO_SHORT\]\n {2}found: {4}(59\d|600) s/);
      expect(traces(step)).toEqual(NO_TRACES);
    }));

  test('a session of exactly minimum-remaining-seconds passes, also at the end of slow role chaining', () =>
    withJob({ latencyMs: 1_200 }, async ({ uses }) => {
      const duration = { 'role-duration-seconds': '3600', 'minimum-remaining-seconds': '3600' };
      expect((await uses({ ...MINIMAL, ...duration })).exitCode).toBe(0);
    }));
});

describe('session tags', () => {
  const tagsIn = (parameters: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.keys(parameters)
        .filter((name) => /^Tags\.member\.\d+\.Key$/.test(name))
        .map((name) => [parameters[name], parameters[name.replace('Key', 'Value')]]),
    );

  test('say which job it is, as the peer words them', () =>
    withJob({ env: { GITHUB_WORKFLOW: 'Release (prod) & more' } }, async ({ lab, uses }) => {
      await uses(BY_USER);
      expect(tagsIn(lab.traffic.requests[0]?.parameters)).toEqual({
        GitHub: 'Actions',
        Action: '__assume',
        Commit: '0123456789abcdef0123456789abcdef01234567',
        Actor: 'octocat',
        Branch: 'refs/heads/main',
        Workflow: 'Release _prod_ _ more',
        Repository: 'octo-org/octo-app',
        EventName: 'push',
        RunId: '42',
        Job: 'deploy',
      });
    }));

  test('say more of a pull request, each at most 256 characters of whole letters', () =>
    withJob(
      {
        env: {
          GITHUB_EVENT_NAME: 'pull_request',
          GITHUB_BASE_REF: 'main',
          GITHUB_HEAD_REF: `x${'𐐀'.repeat(200)}`,
          GITHUB_TRIGGERING_ACTOR: 'dependabot[bot]',
        },
      },
      async ({ lab, uses }) => {
        await uses({ ...BY_USER, 'transitive-tag-keys': 'HeadRef\nRunId' });
        const { parameters } = lab.traffic.requests[0] ?? {};
        expect(tagsIn(parameters)).toMatchObject({
          EventName: 'pull_request',
          BaseRef: 'main',
          HeadRef: `x${'𐐀'.repeat(127)}`,
          TriggeringActor: 'dependabot_bot_',
        });
        expect(parameters).toMatchObject({
          'TransitiveTagKeys.member.1': 'HeadRef',
          'TransitiveTagKeys.member.2': 'RunId',
        });
      },
    ));

  test('that this event lacks are not passed on, and the log says so; what no event has is an error', () =>
    withJob({}, async ({ lab, uses }) => {
      const step = await uses({ ...BY_USER, 'transitive-tag-keys': 'headref\nRunId\nBaseRef' });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain('transitive-tag-keys: headref, BaseRef left out');
      const { parameters } = lab.traffic.requests[0] ?? {};
      expect(parameters).toHaveProperty(['TransitiveTagKeys.member.1'], 'RunId');
      expect(parameters).not.toHaveProperty(['TransitiveTagKeys.member.2']);
      expect(errorOf(await uses({ ...BY_USER, 'transitive-tag-keys': 'HeadRef\nNoSuch' }))).toContain(
        'found:    NoSuch',
      );
      expect((await uses({ ...MINIMAL, 'transitive-tag-keys': 'HeadRef' })).log).not.toContain('left out');
    }));

  test('are sent on chain hops, but not what is inherited', () =>
    withJob({}, async ({ lab, uses }) => {
      lab.world.accounts['222222222222']?.roles.push({
        name: 'next',
        trustPolicy: { Statement: { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sts:*' } },
      });
      const step = await uses({
        ...BY_USER,
        'role-chain': 'arn:aws:iam::222222222222:role/next',
        'custom-tags': '{"Team": "payments", "actor": "bot"}',
        'transitive-tag-keys': 'team\nRepository',
      });
      expect(step.exitCode).toBe(0);
      const [first, second] = lab.traffic.requests.map(({ parameters }) => parameters);
      expect(tagsIn(first)).toMatchObject({
        Team: 'payments',
        actor: 'bot',
        Repository: 'octo-org/octo-app',
      });
      expect(tagsIn(first)).not.toHaveProperty('Actor');
      expect(tagsIn(second)).not.toHaveProperty('Team');
      expect(tagsIn(second)).not.toHaveProperty('Repository');
      expect(tagsIn(second)).toMatchObject({ actor: 'bot' });
    }));

  test('are left out where there is no room, those of the user never', () =>
    withJob({}, async ({ lab, uses }) => {
      const tags = Object.fromEntries([1, 2, 3].map((n) => [`k${n}`, 'x'.repeat(256)]));
      const policy = JSON.stringify({
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: 'x'.repeat(150) }],
      });
      const step = await uses({
        ...BY_USER,
        'custom-tags': JSON.stringify(tags),
        'inline-session-policy': policy,
      });
      expect(step.exitCode).toBe(0);
      expect(step.log).toMatch(
        /without these tags: Job, RunId, EventName\.\n.*without these tags: GitHub\.\n.*without these tags: Action\./,
      );
      expect(tagsIn(lab.traffic.requests.at(-1)?.parameters)).toMatchObject(tags);
    }));

  test('are not sent with role-skip-session-tagging', () =>
    withJob({}, async ({ lab, uses }) => {
      await uses({ ...BY_USER, 'role-skip-session-tagging': 'true' });
      expect(tagsIn(lab.traffic.requests[0]?.parameters)).toEqual({});
    }));

  test('that the trust policy does not allow: the error names sts:TagSession and the way out', () =>
    withJob({}, async ({ lab, uses }) => {
      const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'by-user');
      const AWS = 'arn:aws:iam::111111111111:user/ci';
      if (role)
        role.trustPolicy = { Statement: { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' } };
      expect(errorOf(await uses(BY_USER))).toMatch(/sts:TagSession[\s\S]*role-skip-session-tagging: true/);
    }));

  test('have no effect with OIDC alone, which is said', () =>
    withJob({}, async ({ uses }) => {
      const step = await uses({
        ...MINIMAL,
        'custom-tags': '{"Team": "payments"}',
        'role-external-id': 'xy',
      });
      expect(step.exitCode).toBe(0);
      expect(step.log).toContain('Warning: role-external-id, custom-tags: no effect.');
    }));

  test.each([
    ['{"aws:x": "y"}'],
    ['{"a": "1", "A": "2"}'],
    ['not json'],
    ['{"a": {"b": 1}}'],
    ['{"a": "!"}'],
  ])('%s is refused before any request', (tags) =>
    withJob({}, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...BY_USER, 'custom-tags': tags }))).toContain(
        'The input custom-tags is not valid',
      );
      expect(lab.traffic.counts()).toEqual({ oidc: 0, sts: 0 });
    }),
  );
});

test('a source identity is sent, and its denial names the permission', () =>
  withJob({}, async ({ lab, uses }) => {
    await uses({ ...BY_USER, 'source-identity': 'octocat' });
    expect(lab.traffic.requests[0]?.parameters.SourceIdentity).toBe('octocat');
    const role = lab.world.accounts['111111111111']?.roles.find(({ name }) => name === 'by-user');
    const AWS = 'arn:aws:iam::111111111111:user/ci';
    if (role)
      role.trustPolicy = {
        Statement: { Effect: 'Allow', Principal: { AWS }, Action: ['sts:AssumeRole', 'sts:TagSession'] },
      };
    expect(errorOf(await uses({ ...BY_USER, 'source-identity': 'octocat' }))).toContain(
      'sts:SetSourceIdentity',
    );
  }));

test('special-characters-workaround asks until the secret has letters and digits only', () =>
  withJob({}, async ({ uses }) => {
    const step = await uses({ ...MINIMAL, 'special-characters-workaround': 'true' });
    expect(step.environment.AWS_SECRET_ACCESS_KEY).toMatch(/^[A-Za-z0-9]{40}$/);
  }));

test('special-characters-workaround: only the owner of the delivered session is looked up', () =>
  withJob({}, async ({ lab, uses }) => {
    const edit = (body: string) => body.replace(/<SecretAccessKey>./, '<SecretAccessKey>/');
    lab.traffic.inject({ server: 'sts', operation: 'GetSessionToken', kind: { name: 'edited', edit } });
    const inputs = { 'aws-region': 'eu-west-1', ...USER_KEYS, operation: 'get-session-token' };
    const step = await uses({ ...inputs, 'special-characters-workaround': 'true' });
    expect(step.environment.AWS_SECRET_ACCESS_KEY).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(lab.traffic.counts().GetSessionToken).toBeGreaterThan(1);
    expect(lab.traffic.counts().GetCallerIdentity).toBe(1);
  }));

describe('the audience of another partition', () => {
  const china = { 'aws-region': 'cn-north-1', 'role-to-assume': 'arn:aws-cn:iam::111111111111:role/deploy' };
  const world = (audience: string) => ({
    partition: 'aws-cn',
    accounts: {
      '111111111111': {
        oidcProviders: [{ url: 'token.actions.githubusercontent.com', audiences: [audience] }],
        roles: [
          { name: 'deploy', trustPolicy: gitHubTrust('111111111111', 'repo:octo-org/*', audience, 'aws-cn') },
        ],
      },
    },
  });

  test('is the usual one first', () =>
    withJob({ world: world('sts.amazonaws.com') }, async ({ lab, uses }) => {
      expect((await uses(china)).exitCode).toBe(0);
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 1 });
    }));

  test("is the partition's own where the usual one is refused", () =>
    withJob({ world: world('sts.amazonaws.com.cn') }, async ({ lab, uses }) => {
      expect((await uses(china)).exitCode).toBe(0);
      const audiences = lab.traffic.requests.map(({ parameters }) => parameters.audience);
      expect(audiences).toEqual(['sts.amazonaws.com', undefined, 'sts.amazonaws.com.cn', undefined]);
    }));

  test('is never replaced where the user chose one', () =>
    withJob({ world: world('sts.amazonaws.com.cn') }, async ({ lab, uses }) => {
      expect(errorOf(await uses({ ...china, audience: 'sts.amazonaws.com' }))).toContain(
        '[STS_AUDIENCE_REFUSED]',
      );
      expect(lab.traffic.counts()).toMatchObject({ oidc: 1, sts: 1 });
    }));
});

describe('each error name has its own code', () => {
  test.each([
    ['AccessDenied', 'STS_ACCESS_DENIED'],
    ['ExpiredTokenException', 'STS_TOKEN_EXPIRED'],
    ['IDPCommunicationError', 'STS_PROVIDER_UNREACHABLE'],
    ['IDPRejectedClaim', 'STS_CLAIM_REJECTED'],
    ['InvalidIdentityToken', 'STS_TOKEN_INVALID'],
    ['MalformedPolicyDocument', 'STS_POLICY_MALFORMED'],
    ['PackedPolicyTooLarge', 'STS_POLICY_TOO_LARGE'],
    ['RegionDisabledException', 'STS_REGION_DISABLED'],
    ['ValidationError', 'STS_REQUEST_INVALID'],
    ['InvalidClientTokenId', 'STS_KEY_UNKNOWN'],
    ['SignatureDoesNotMatch', 'STS_SIGNATURE_MISMATCH'],
    ['IncompleteSignature', 'STS_SIGNATURE_MISMATCH'],
    ['Throttling', 'STS_THROTTLED'],
    ['SomethingNew', 'STS_FAILED'],
  ])('%s: %s', (code, expected) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({
        server: 'sts',
        kind: { name: 'error', code, message: 'no', status: 400 },
        times: 50,
      });
      const step = await uses({ ...MINIMAL, 'retry-max-attempts': '2' });
      expect(errorOf(step)).toMatch(
        new RegExp(`\\[${expected}\\]\\n  found: .*\\n(  (?:expected|likely): .*\\n)*  next: `),
      );
      expect(traces(step)).toEqual(NO_TRACES);
    }),
  );

  test('ExpiredToken: STS_CREDENTIALS_EXPIRED', () =>
    withJob({}, async ({ lab, uses }) => {
      const kind = { name: 'error', code: 'ExpiredToken', message: 'no', status: 403 } as const;
      lab.traffic.inject({ server: 'sts', operation: 'AssumeRole', kind });
      expect(errorOf(await uses(BY_USER))).toContain('[STS_CREDENTIALS_EXPIRED]');
    }));

  test('a provider that is missing: STS_PROVIDER_NOT_FOUND', () =>
    withJob({}, async ({ uses }) => {
      expect(errorOf(await uses({ ...MINIMAL, 'role-to-assume': SPOKE }))).toContain(
        '[STS_PROVIDER_NOT_FOUND]',
      );
    }));
});

describe('tries', () => {
  test.each([
    [{ 'retry-max-attempts': '3' }, 3],
    [{ 'retry-max-attempts': '1' }, 1],
    [{ 'retry-max-attempts': '0' }, 1],
    [{ 'disable-retry': 'true' }, 1],
  ])('%j: %i', (inputs, tries) =>
    withJob({}, async ({ lab, uses }) => {
      lab.traffic.inject({ server: 'sts', kind: { name: 'status', status: 503 }, times: 50 });
      expect(errorOf(await uses({ ...MINIMAL, ...inputs }))).toContain('[STS_FAILED]');
      expect(lab.traffic.counts().sts).toBe(tries);
    }),
  );
});
