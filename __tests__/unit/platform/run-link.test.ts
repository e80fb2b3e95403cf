import { expect, test } from '@jest/globals';
import { runLink } from '../../../src/platform/runner/run-link.ts';

const RUN = { GITHUB_REPOSITORY: 'octo-org/octo-app', GITHUB_RUN_ID: '42' };
const URL_OF_RUN = 'https://github.com/octo-org/octo-app/actions/runs/42';

test.each([
  [
    { ...RUN, GITHUB_RUN_ATTEMPT: '2' },
    { id: '42', attempt: '2', url: `${URL_OF_RUN}/attempts/2` },
  ],
  [RUN, { id: '42', attempt: '1', url: URL_OF_RUN }],
  [
    { ...RUN, GITHUB_SERVER_URL: 'https://ghes.test' },
    { id: '42', attempt: '1', url: 'https://ghes.test/octo-org/octo-app/actions/runs/42' },
  ],
  [{ GITHUB_RUN_ID: '42' }, undefined],
  [{ GITHUB_REPOSITORY: 'octo-org/octo-app' }, undefined],
])('%j', (environment, link) => {
  expect(runLink(environment)).toEqual(link);
});
