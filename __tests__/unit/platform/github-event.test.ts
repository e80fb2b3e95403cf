import { context } from '@actions/github';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpGet, HttpResponse } from '../../../src/platform/http/http.ts';
import { gitHubEvent } from '../../../src/platform/runner/github-event.ts';

const { GITHUB_REPOSITORY, no_proxy } = process.env;
const { payload } = context;
beforeEach(() => {
  process.env.GITHUB_REPOSITORY = 'octo-org/octo-app';
});
afterEach(() => {
  context.payload = payload;
  for (const [name, value] of Object.entries({ GITHUB_REPOSITORY, no_proxy })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const never: HttpGet = () => Promise.reject(new Error('no request is needed'));
const REPOSITORY = '/repos/octo-org/octo-app/actions/oidc/customization/sub';

/** The keys that GitHub's API answers for. */
async function keysWith(answer: HttpResponse | Error) {
  const event = await gitHubEvent(async ({ url }) => {
    expect(url.pathname).toBe(REPOSITORY);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return event.subjectClaimKeys('token');
}

describe('the template of subjects', () => {
  const json = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });
  test.each<[string, HttpResponse | Error, unknown]>([
    [
      'without IDs',
      json({ use_default: true, sub_claim_prefix: 'repo:o/r' }),
      { keys: [], immutable: false },
    ],
    [
      'with IDs',
      json({ use_default: true, sub_claim_prefix: 'repo:o@1/r@2' }),
      { keys: [], immutable: true },
    ],
    ['that does not tell', json({ include_claim_keys: ['repo'] }), { keys: ['repo'], immutable: undefined }],
    [
      'that is denied',
      { status: 404, body: '{}' },
      { unreadable: "HTTP 404 from GitHub's API; github-token needs the permission actions: read" },
    ],
    [
      'without a response',
      new Error('x'),
      { unreadable: "no response from GitHub's API; github-token needs the permission actions: read" },
    ],
  ])('%s', async (_what, answer, expected) => {
    expect(await keysWith(answer)).toEqual(expected);
  });

  test('needs a token', async () => {
    expect(await (await gitHubEvent(never)).subjectClaimKeys('')).toEqual({
      unreadable: 'github-token is empty',
    });
  });
});

test.each([['proxy.test'], [undefined]])('the variable no_proxy stays %j', async (value) => {
  if (value === undefined) delete process.env.no_proxy;
  else process.env.no_proxy = value;
  await gitHubEvent(never);
  expect(process.env.no_proxy).toBe(value);
  expect('no_proxy' in process.env).toBe(value !== undefined);
});

test('an event that is no pull request has no sides', async () => {
  context.payload = {};
  expect((await gitHubEvent(never)).pullRequest).toBeUndefined();
});
