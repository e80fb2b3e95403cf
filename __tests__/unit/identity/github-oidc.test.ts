import { describe, expect, test } from '@jest/globals';
import { type GitHubOidcOptions, gitHubOidcIdentity } from '../../../src/identity/github-oidc.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startDeadline } from '../../../src/platform/deadline.ts';
import type { HttpRequest, HttpResponse } from '../../../src/platform/http/http.ts';

const NOW_SECONDS = 1_700_000_000;

function jwt(claims: Record<string, unknown>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}

const good = (lifeSeconds = 300): HttpResponse => ({
  status: 200,
  body: JSON.stringify({
    value: jwt({ sub: 'repo:octo-org/octo-app:ref:refs/heads/main', exp: NOW_SECONDS + lifeSeconds }),
  }),
});

/** An identity whose endpoint returns `answers` one after the other, and the last one from then on. */
function setUp(answers: (HttpResponse | Error)[], overrides: Partial<GitHubOidcOptions> = {}) {
  const requests: HttpRequest[] = [];
  const masked: string[] = [];
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const time = { seconds: NOW_SECONDS };
  const clock = { now: () => time.seconds * 1000, sleep: async () => {} };
  const identity = gitHubOidcIdentity({
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://runner.test/token?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-bearer',
    },
    audience: 'sts.amazonaws.com',
    otherAudience: undefined,
    http: async (request) => {
      requests.push(request);
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer;
    },
    clock,
    random: () => 0,
    deadline: startDeadline(0, systemClock),
    maxAttempts: 12,
    log: { debug: log, info: log, warning: log, group: log },
    mask: (secret) => void masked.push(secret),
    isFork: async () => false,
    ...overrides,
  });
  return { identity, requests, masked, logged, time };
}

describe('the request for a token', () => {
  test('adds the audience to the URL of the runner, and sends the request token as a header', async () => {
    const { identity, requests } = setUp([good()]);
    await identity.token();
    expect(requests.map(({ url, headers }) => [url.href, headers.authorization])).toEqual([
      ['https://runner.test/token?api-version=2.0&audience=sts.amazonaws.com', 'Bearer the-bearer'],
    ]);
  });

  test('masks the request token and the token', async () => {
    const { identity, masked } = setUp([good()]);
    const { jwt: token } = await identity.token();
    expect(masked).toEqual(['the-bearer', token]);
  });

  test('is shared by concurrent callers, and by later ones while the token is fresh', async () => {
    const { identity, requests, time } = setUp([good()]);
    await Promise.all([identity.token(), identity.token()]);
    time.seconds += 240;
    await identity.token();
    expect(requests).toHaveLength(1);
  });

  test('is repeated once for two concurrent callers, when the token expires in less than 60 s', async () => {
    const { identity, requests, time } = setUp([good(), good(600)]);
    await identity.token();
    time.seconds += 241;
    await Promise.all([identity.token(), identity.token()]);
    expect(requests).toHaveLength(2);
  });
});

describe('the other audience, after STS rejected the first', () => {
  const AUDIENCES = { audience: 'sts.amazonaws.com', otherAudience: 'sts.amazonaws.com.cn' };
  const sentAudiences = (requests: readonly HttpRequest[]) =>
    requests.map(({ url }) => url.searchParams.get('audience'));

  test('is used by both of two roles that are rejected at the same time, with one switch', async () => {
    const { identity, requests, logged } = setUp([good()], AUDIENCES);
    await Promise.all([identity.token(), identity.token()]);
    expect([identity.tryOtherAudience(), identity.tryOtherAudience()]).toEqual([true, true]);
    await Promise.all([identity.token(), identity.token()]);
    expect(sentAudiences(requests)).toEqual(['sts.amazonaws.com', 'sts.amazonaws.com.cn']);
    expect(logged.filter((line) => line.includes('rejected the audience'))).toEqual([
      'The identity provider rejected the audience sts.amazonaws.com; retrying with sts.amazonaws.com.cn.',
    ]);
  });

  test('is not there if the user chose the audience', async () => {
    const { identity, requests } = setUp([good()]);
    await identity.token();
    expect(identity.tryOtherAudience()).toBe(false);
    await identity.token();
    expect(sentAudiences(requests)).toEqual(['sts.amazonaws.com']);
  });
});

describe('a failure', () => {
  test.each([
    ['a reset', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
    ['HTTP 503', { status: 503, body: '' }],
    ['HTTP 429', { status: 429, body: '' }],
  ])('%s is retried', async (_what, fault) => {
    const { identity, requests, logged } = setUp([fault, good()]);
    await identity.token();
    expect(requests).toHaveLength(2);
    expect(logged[0]).toContain('attempt 1 failed');
  });

  test('a rejected request is final', async () => {
    const { identity, requests } = setUp([{ status: 401, body: 'the-bearer is wrong' }]);
    const error = await identity.token().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'OIDC_REQUEST_REFUSED',
      details: { found: 'HTTP 401 for audience sts.amazonaws.com' },
    });
    expect(requests).toHaveLength(1);
  });

  test('an endpoint that cannot be reached', async () => {
    const { identity, requests } = setUp([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })]);
    await expect(identity.token()).rejects.toMatchObject({
      code: 'OIDC_UNREACHABLE',
      details: { found: 'https://runner.test: ECONNREFUSED' },
    });
    expect(requests).toHaveLength(12);
  });

  test.each([
    ['invalid JSON', 'oops'],
    ['no value', '{}'],
    ['a value that is not a JWT', '{"value":"abc"}'],
  ])('a response with %s', async (_what, body) => {
    const { identity } = setUp([{ status: 200, body }]);
    await expect(identity.token()).rejects.toMatchObject({ code: 'OIDC_REQUEST_REFUSED' });
  });

  test('without the permission names what to add to the job', async () => {
    const { identity, requests } = setUp([], { env: {} });
    await expect(identity.token()).rejects.toMatchObject({
      code: 'OIDC_PERMISSION_MISSING',
      message: expect.stringContaining('id-token: write'),
    });
    expect(requests).toHaveLength(0);
  });

  test('without the permission in a pull request from a fork names no permission', async () => {
    const { identity } = setUp([], { env: {}, isFork: async () => true });
    await expect(identity.token()).rejects.toMatchObject({ code: 'OIDC_FORK' });
  });
});
