import { afterEach, describe, expect, test } from '@jest/globals';
import type { HttpRequest, HttpResponse } from '../../../src/platform/http/http.ts';
import { subjectTemplate } from '../../../src/platform/runner/github-api.ts';

const { no_proxy } = process.env;
afterEach(() => {
  if (no_proxy === undefined) delete process.env.no_proxy;
  else process.env.no_proxy = no_proxy;
});

const OF_REPOSITORY = 'https://api.github.com/repos/octo-org/octo-app/actions/oidc/customization/sub';
const OF_ORGANISATION = 'https://api.github.com/orgs/octo-org/actions/oidc/customization/sub';
const json = (body: unknown): HttpResponse => ({ status: 200, body: JSON.stringify(body) });

/** The template that GitHub's API answers for, and the requests, each answered by the next one of `answers`. */
async function template(
  answers: readonly (HttpResponse | Error)[],
  more: { token?: string; url?: string } = {},
) {
  const { token = 'ghs_token', url } = more;
  const requests: HttpRequest[] = [];
  const env = { GITHUB_REPOSITORY: 'octo-org/octo-app', ...(url !== undefined && { GITHUB_API_URL: url }) };
  const http = async (request: HttpRequest) => {
    const answer = answers[requests.push(request) - 1];
    if (answer instanceof Error || answer === undefined) throw answer;
    return answer;
  };
  return { found: await subjectTemplate({ env, http, token }), requests };
}

describe('the template of subjects', () => {
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
    const { found, requests } = await template([answer]);
    expect(found).toEqual(expected);
    expect(requests.map(({ url, headers }) => [url.href, headers.authorization])).toEqual([
      [OF_REPOSITORY, 'token ghs_token'],
    ]);
  });

  test('is that of the organization where the repository follows it', async () => {
    const { found, requests } = await template([
      json({ use_default: false }),
      json({ include_claim_keys: ['repo', 'job_workflow_ref'] }),
    ]);
    expect(found).toEqual({ keys: ['repo', 'job_workflow_ref'], immutable: undefined });
    expect(requests.map(({ url }) => url.href)).toEqual([OF_REPOSITORY, OF_ORGANISATION]);
  });

  test('is asked at the API of GHES', async () => {
    const { requests } = await template([json({})], { url: 'https://ghes.test/api/v3' });
    expect(requests[0]?.url.href).toBe(
      'https://ghes.test/api/v3/repos/octo-org/octo-app/actions/oidc/customization/sub',
    );
  });

  test('needs a token', async () => {
    expect(await template([], { token: '' })).toEqual({
      found: { unreadable: 'github-token is empty' },
      requests: [],
    });
  });
});

test.each([['proxy.test'], [undefined]])('the variable no_proxy stays %j', async (value) => {
  if (value === undefined) delete process.env.no_proxy;
  else process.env.no_proxy = value;
  await template([json({})]);
  expect(process.env.no_proxy).toBe(value);
  expect('no_proxy' in process.env).toBe(value !== undefined);
});
