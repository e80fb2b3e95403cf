import { describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/aws/session.ts';
import { explainDenials } from '../../../src/diagnosis/explain-denials.ts';
import { ActionError } from '../../../src/platform/errors.ts';
import type { Obtained } from '../../../src/session/obtain-sessions.ts';
import { StsFailure } from '../../../src/sts/sts-failure.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { evaluateTrust } from '../../../src/trust/evaluate.ts';
import { questionOfToken } from '../../../src/trust/questions.ts';
import { KEYS, roleIn } from '../plan/plan-of.ts';
import { type Options, runWith } from './context.ts';
import { PUSH } from './denials.ts';

const ROLE = { 'role-to-assume': roleIn('1') };
const CHAIN = { ...ROLE, 'role-chain': roleIn('2') };
const SESSION = {} as Session;
const GITHUB = 'token.actions.githubusercontent.com';
/** A statement for the branch main. */
const ALLOW_MAIN = {
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: { StringEquals: { [`${GITHUB}:sub`]: PUSH.sub } },
};
const denied = () =>
  new StsFailure(
    'STS_ACCESS_DENIED',
    'propagation',
    { problem: 'STS denied it.', found: 'AccessDenied', expected: 'a session', remedy: 'x', cause: 'y' },
    { endpoint: 'https://sts.test/' },
  );

/** The diagnosis of a plan with these outcomes. */
async function explain(options: Options, obtained: Obtained) {
  const run = await runWith(options);
  return { ...run, explained: await explainDenials(obtained, new Map(), run.context) };
}

describe('a denied token', () => {
  test('has a diagnosis, and an error that names the likeliest cause', async () => {
    const { explained, groups, requests } = await explain(
      { inputs: ROLE, claims: PUSH },
      new Map([['session 1', denied()]]),
    );
    expect(groups.map(({ title }) => title)).toEqual([`Diagnosis: ${roleIn('1')}`]);
    expect(groups[0]?.lines).toEqual(
      expect.arrayContaining(['  endpoint:         https://sts.test/', '  region:           eu-west-1']),
    );
    const error = explained.get('session 1') as ActionError;
    expect(error.code).toBe('STS_ACCESS_DENIED');
    expect(error.details).toEqual({
      problem: 'STS denied it.',
      found: 'AccessDenied',
      expected: 'a session',
      likely: `the trust policy does not name the subject ${PUSH.sub}`,
      remedy:
        'Compare it letter by letter. A * needs StringLike. The group "Diagnosis" in the log has the other causes and a trust policy statement for this run.',
      cause: 'y',
    });
    expect(requests).toEqual([]);
  });

  test('has a link to the page, where the repository of the action is known', async () => {
    const env = { GITHUB_ACTION_REPOSITORY: 'octo-org/assume' };
    const { groups } = await explain({ inputs: ROLE, claims: PUSH, env }, new Map([['session 1', denied()]]));
    expect(groups[0]?.lines.at(-1)).toMatch(
      /^This job on a page that checks trust policies: https:\/\/octo-org\.github\.io\/assume\/#/,
    );
  });

  test('of another server names it', async () => {
    const claims = { ...PUSH, iss: 'https://gitea.example' };
    const env = { GITEA_ACTIONS: 'true' };
    const { groups } = await explain({ inputs: ROLE, claims, env }, new Map([['session 1', denied()]]));
    expect(groups[0]?.lines.join('\n')).toMatch(/ {2}1\. the token comes from Gitea, .*\[other-issuer\]/);
  });

  test('without a likelier cause than the one that STS names has one cause', async () => {
    const named = { id: 'clock', why: 'the clock is wrong', check: 'Set it.' } as const;
    const failure = new StsFailure(
      'STS_TOKEN_INVALID',
      'final',
      { problem: 'x', remedy: 'y' },
      { namedCause: named },
    );
    const { explained } = await explain({ inputs: ROLE, claims: PUSH }, new Map([['session 1', failure]]));
    expect((explained.get('session 1') as ActionError).details).toMatchObject({
      likely: 'the clock is wrong',
      remedy: 'Set it. The group "Diagnosis" in the log has the details.',
    });
  });
});

test('a cause that policy and facts both show is listed once', async () => {
  const claims = { ...PUSH, environment: 'p', sub: 'repo:octo-org/octo-app:environment:p' };
  const { context, groups } = await runWith({ inputs: ROLE, claims });
  const policy = parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: ALLOW_MAIN }));
  const request = context.plan.nodes[0]?.request;
  if ('unreadable' in policy || request === undefined || !('role' in request)) throw new TypeError('no plan');
  const verdict = evaluateTrust(policy, questionOfToken(request, claims));
  await explainDenials(new Map([['session 1', denied()]]), new Map([['session 1', verdict]]), context);
  const ids = groups[0]?.lines.flatMap((line) => /^ {2}\d\. .* \[([\w-]+)\]$/.exec(line)?.[1] ?? []);
  expect(ids).toEqual(['environment-subject', 'subject', 'role-not-there']);
});

describe('a denied caller', () => {
  test('is named', async () => {
    const owner = { arn: 'arn:aws:iam::111111111111:user/ci', accountId: '111111111111' };
    const { groups } = await explain(
      { inputs: { ...KEYS, ...ROLE }, owner },
      new Map([['session 1', denied()]]),
    );
    expect(groups[0]?.lines).toContain('  caller:           arn:aws:iam::111111111111:user/ci');
  });

  test('leaves the session of its source, and stands for the nodes below', async () => {
    const failure = denied();
    const { explained, groups } = await explain(
      { inputs: { ...CHAIN, 'role-chain': `${roleIn('2')}\n${roleIn('3')}` }, claims: PUSH },
      new Map<string, Session | ActionError>([
        ['session 1', SESSION],
        ['session 2', failure],
        ['session 3', failure],
      ]),
    );
    expect(groups.map(({ title }) => title)).toEqual([`Diagnosis: ${roleIn('2')}`]);
    expect(explained.get('session 1')).toBe(SESSION);
    expect(explained.get('session 2')).not.toBe(failure);
    expect(explained.get('session 3')).toBe(explained.get('session 2'));
  });
});

test.each<[string, ActionError, Record<string, string>]>([
  [
    'that STS does not explain',
    new StsFailure('STS_THROTTLED', 'throttled', { problem: 'x', remedy: 'y' }),
    ROLE,
  ],
  ['of something else', new ActionError('OIDC_UNREACHABLE', { problem: 'x', remedy: 'y' }), ROLE],
  ['of a request without a role', denied(), KEYS],
  [
    'of a store whose roles have no account',
    denied(),
    { 'role-to-assume': 'arn:minio:iam:::role/dev', 'sts-endpoint': 'https://minio.example' },
  ],
])('a failure %s stays as it is', async (_what, failure, inputs) => {
  const { explained, groups } = await explain({ inputs }, new Map([['session 1', failure]]));
  expect(groups).toEqual([]);
  expect(explained.get('session 1')).toBe(failure);
});

describe('GitHub adds', () => {
  const outcome = () => new Map([['session 1', denied()]]);
  const CUSTOM = { ...PUSH, sub: 'repository_id:74' };
  const OF_REPOSITORY = '/repos/octo-org/octo-app/actions/oidc/customization/sub';
  const OF_ORGANIZATION = '/orgs/octo-org/actions/oidc/customization/sub';
  const inputs = { ...ROLE, 'github-token': 'ghs_token' };
  const json = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });

  test('the two sides of a pull request', async () => {
    const side = (name: string, ref: string) => ({ ref, repo: { full_name: name } });
    const event = {
      pull_request: { number: 7, head: side('x/fork', 'patch'), base: side('octo-org/octo-app', 'main') },
    };
    const { groups } = await explain({ inputs, claims: PUSH, event }, outcome());
    expect(groups[0]?.lines.at(-1)).toBe('Pull request from x/fork:patch into octo-org/octo-app:main');
    const ofDeletedFork = { pull_request: { number: 7, head: { ref: 'patch', repo: null } } };
    const deleted = await explain({ inputs, claims: PUSH, event: ofDeletedFork }, outcome());
    expect(deleted.groups[0]?.lines.at(-1)).toBe('Pull request from (deleted):patch into (deleted):');
  });

  test('the keys of a customised subject', async () => {
    const api = { [OF_REPOSITORY]: json({ use_default: false, include_claim_keys: ['repository_id'] }) };
    const { groups, requests } = await explain({ inputs, claims: CUSTOM, api }, outcome());
    expect(groups[0]?.lines.join('\n')).toContain('customised (made of repository_id): repository_id:74');
    expect(requests.map(({ url, headers }) => [url.pathname, headers.authorization])).toEqual([
      [OF_REPOSITORY, 'token ghs_token'],
    ]);
  });

  test('the keys that the organization chose, if the repository has none of its own', async () => {
    const api = {
      [OF_REPOSITORY]: json({ use_default: false }),
      [OF_ORGANIZATION]: json({ include_claim_keys: ['repo', 'actor'] }),
    };
    const { groups } = await explain({ inputs, claims: CUSTOM, api }, outcome());
    expect(groups[0]?.lines.join('\n')).toContain('(made of repo, actor)');
    const none = await explain(
      { inputs, claims: CUSTOM, api: { ...api, [OF_ORGANIZATION]: json({}) } },
      outcome(),
    );
    expect(none.groups[0]?.lines.join('\n')).toContain('customised (made of ): ');
  });

  test('nothing about a default that the repository uses', async () => {
    const api = { [OF_REPOSITORY]: json({ use_default: true }) };
    const { groups, requests } = await explain({ inputs, claims: CUSTOM, api }, outcome());
    expect(groups[0]?.lines.join('\n')).toContain('customised (made of ): ');
    expect(requests).toHaveLength(1);
  });

  test.each<[string, Record<string, string>, NonNullable<Options['api']>, string]>([
    ['without a token', ROLE, {}, 'github-token is empty'],
    [
      'that is denied',
      inputs,
      { [OF_REPOSITORY]: { status: 403, body: '{}' } },
      "HTTP 403 from GitHub's API; github-token needs the permission actions: read",
    ],
  ])('why it does not: %s', async (_what, given, api, why) => {
    const { groups } = await explain({ inputs: given, claims: CUSTOM, api }, outcome());
    expect(groups[0]?.lines.at(-1)).toBe(`The subject's template could not be read: ${why}`);
  });

  test('nothing if its answer fails: the diagnosis goes on', async () => {
    const event = {
      get pull_request(): never {
        throw new TypeError('the event is broken');
      },
    };
    const { groups, debugged } = await explain({ inputs, claims: PUSH, event }, outcome());
    expect(groups).toHaveLength(1);
    expect(debugged.join('\n')).toContain('TypeError');
  });
});
