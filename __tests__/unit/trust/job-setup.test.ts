import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Claims } from '../../../src/identity/claims.ts';
import {
  claimsOf,
  EXAMPLE_SETUP,
  furtherKeys,
  type JobSetup,
  setupOf,
} from '../../../src/trust/job-setup.ts';
import { fragmentOf, setupInFragment } from '../../../src/trust/setup-link.ts';
import { statementForToken } from '../../../src/trust/statement-for-token.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const WORKFLOW = 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main';
const CALLED = 'octo-org/workflows/.github/workflows/deploy.yml@refs/tags/v2';

const token = (sub: string, more: Claims = {}): Claims => ({
  iss: ISSUER,
  aud: 'sts.amazonaws.com',
  sub,
  repository: 'octo-org/octo-app',
  repository_owner: 'octo-org',
  repository_id: '456789',
  repository_owner_id: '123456',
  ref: 'refs/heads/main',
  event_name: 'push',
  actor: 'octocat',
  workflow_ref: WORKFLOW,
  job_workflow_ref: WORKFLOW,
  ...more,
});

describe('the setup of a token', () => {
  test.each<[string, Claims, Partial<JobSetup>]>([
    [
      'with IDs',
      token('repo:octo-org@123456/octo-app@456789:ref:refs/heads/main'),
      { format: 'immutable', subject: '' },
    ],
    ['with names', token('repo:octo-org/octo-app:ref:refs/heads/main'), { format: 'names' }],
    [
      'of an environment with a colon',
      token('repo:octo-org/octo-app:environment:aws%3Aprod', { environment: 'aws:prod' }),
      { format: 'names', environment: 'aws:prod' },
    ],
    [
      'of a pull request',
      token('repo:octo-org@123456/octo-app@456789:pull_request', {
        event_name: 'pull_request',
        ref: 'refs/pull/7/merge',
      }),
      { event: 'pull_request', ref: 'refs/pull/7/merge' },
    ],
    [
      'of a called workflow',
      token('repo:octo-org/octo-app:ref:refs/heads/main', { job_workflow_ref: CALLED }),
      { calledWorkflow: CALLED },
    ],
    [
      'with a customized subject',
      token('repo:octo-org@123456/octo-app@456789:ref:refs/heads/main:actor:octocat'),
      { format: 'immutable', subjectKeys: ['repo', 'context', 'actor'], claims: { actor: 'octocat' } },
    ],
    [
      'with a customized subject that has no repository',
      token(`repository_owner:octo-org:job_workflow_ref:${CALLED}`, { job_workflow_ref: CALLED }),
      { format: 'names', subjectKeys: ['repository_owner', 'job_workflow_ref'] },
    ],
    [
      'whose subject is of another kind',
      token('project_path:octo/app:ref_type:branch:ref:main'),
      { format: 'text', subject: 'project_path:octo/app:ref_type:branch:ref:main', subjectKeys: [] },
    ],
    [
      'with a customized subject of the repository alone',
      token('repo:octo-org@123456/octo-app@456789'),
      { format: 'immutable', subjectKeys: ['repo'] },
    ],
    [
      'of a workflow with a * in its name',
      token('repo:octo-org/octo-app:workflow:a*', { workflow: 'a*' }),
      { format: 'names', subjectKeys: ['repo', 'workflow'], claims: { workflow: 'a*' } },
    ],
    [
      'of an owner that looks like one with an ID',
      token('repo:octo-org/octo-app:actor:repo:o@1/r', { actor: 'repo:o@1/r' }),
      { format: 'text' },
    ],
    [
      'whose subject disagrees with its claims',
      token('repo:octo-org/octo-app:ref:refs/heads/other'),
      { format: 'text', subject: 'repo:octo-org/octo-app:ref:refs/heads/other' },
    ],
  ])('%s', (_name, claims, parts) => {
    const setup = setupOf(claims);
    expect(setup).toMatchObject({ owner: 'octo-org', repository: 'octo-app', ...parts });
    expect(claimsOf(setup).sub).toBe(claims.sub);
    expect(statementForToken(claimsOf(setup), setup)).toEqual(statementForToken(claims, setup));
    expect(setupInFragment(`#${fragmentOf(setup)}`).setup).toEqual(setup);
  });
});

test('the setup of a token without claims is empty', () =>
  expect(setupOf({}, { partition: 'aws-cn', accountId: '1', role: 'r' })).toEqual({
    owner: '',
    repository: '',
    ownerId: '',
    repositoryId: '',
    event: '',
    ref: '',
    environment: '',
    calledWorkflow: '',
    format: 'text',
    subjectKeys: [],
    subject: '',
    claims: {},
    issuer: '',
    audience: '',
    partition: 'aws-cn',
    accountId: '1',
    role: 'r',
  }));

describe('a setup', () => {
  test('has claims, without those that are empty', () => {
    expect(claimsOf(EXAMPLE_SETUP)).toEqual({
      iss: ISSUER,
      aud: 'sts.amazonaws.com',
      sub: 'repo:octo-org@123456/octo-app@456789:ref:refs/heads/main',
      repository: 'octo-org/octo-app',
      repository_owner: 'octo-org',
      repository_id: '456789',
      repository_owner_id: '123456',
      ref: 'refs/heads/main',
      ref_type: 'branch',
      event_name: 'push',
    });
  });

  test.each<[Partial<JobSetup>, object]>([
    [{ repository: '' }, { repository: undefined, repository_owner: 'octo-org' }],
    [{ owner: '' }, { repository: undefined, repository_owner: undefined }],
    [{ ref: 'refs/tags/v1' }, { ref_type: 'tag' }],
    [{ ref: 'refs/heads/refs/tags/' }, { ref_type: 'branch' }],
    [
      { environment: 'e', calledWorkflow: 'w' },
      { environment: 'e', job_workflow_ref: 'w' },
    ],
    [{ format: 'text', subject: 's' }, { sub: 's' }],
    [{ format: 'names' }, { sub: 'repo:octo-org/octo-app:ref:refs/heads/main' }],
    [{ subjectKeys: ['actor'] }, { actor: undefined, sub: 'actor:' }],
    [
      { subjectKeys: ['actor'], claims: { actor: 'a', run_id: '1' } },
      { actor: 'a', run_id: undefined },
    ],
  ])('with %j has the claims %j', (parts, claims) => {
    const found = claimsOf({ ...EXAMPLE_SETUP, ...parts });
    const named = Object.keys(claims).map((name) => [name, found[name]]);
    expect(Object.fromEntries(named)).toEqual(claims);
  });

  test('without IDs has placeholders in its subject, and no claims', () => {
    const { sub, ...claims } = claimsOf({ ...EXAMPLE_SETUP, ownerId: '', repositoryId: '' });
    expect(sub).toBe('repo:octo-org@OWNER_ID/octo-app@REPOSITORY_ID:ref:refs/heads/main');
    expect(claims).not.toHaveProperty('repository_id');
    expect(claims).not.toHaveProperty('environment');
  });

  test('asks for the values of claims in a customized subject that it has no part for', () => {
    const subjectKeys = ['repo', 'context', 'actor', 'repo_property_team', 'unheard_of'];
    expect(furtherKeys({ ...EXAMPLE_SETUP, subjectKeys })).toEqual(['actor', 'repo_property_team']);
    expect(furtherKeys({ ...EXAMPLE_SETUP, subjectKeys, format: 'text' })).toEqual([]);
  });
});

describe('the statement for a token', () => {
  const conditionsOf = (claims: Claims) => statementForToken(claims, EXAMPLE_SETUP).Condition?.StringEquals;
  const G = 'token.actions.githubusercontent.com';

  test('names the called workflow, and the repository if the subject does not', () => {
    expect(conditionsOf(token('actor:octocat', { job_workflow_ref: CALLED }))).toEqual({
      [`${G}:aud`]: 'sts.amazonaws.com',
      [`${G}:sub`]: 'actor:octocat',
      [`${G}:repository_id`]: '456789',
      [`${G}:job_workflow_ref`]: CALLED,
    });
  });

  test('has no condition on the called workflow for an issuer whose claim STS does not read', () => {
    const iss = 'https://ghes.octo.example/_services/token';
    const claims = token('repo:octo-org/octo-app:ref:refs/heads/main', { iss, job_workflow_ref: CALLED });
    expect(Object.keys(conditionsOf(claims) ?? {})).toEqual([
      'ghes.octo.example/_services/token:aud',
      'ghes.octo.example/_services/token:sub',
    ]);
  });
});

describe('the fragment of a link', () => {
  const text = fc.string({ unit: 'grapheme' });
  const setups = fc.record<JobSetup>({
    ...Object.fromEntries(Object.keys(EXAMPLE_SETUP).map((part) => [part, text])),
    format: fc.constantFrom('immutable', 'names', 'text'),
    subjectKeys: fc.constantFrom([], ['repo', 'context', 'actor'], ['repository_id']),
    claims: fc.constant({}),
  } as never);

  test('keeps every setup and policy, in characters that a log shows as one link', () => {
    fc.assert(
      fc.property(setups, text, fc.json(), (parts, actor, json) => {
        const policy = JSON.stringify(JSON.parse(json), undefined, 2);
        const setup = { ...parts, claims: furtherKeys(parts).includes('actor') && actor ? { actor } : {} };
        const fragment = fragmentOf(setup, policy);
        expect(fragment).toMatch(/^[\w.~%&=:/@-]*$/);
        expect(setupInFragment(fragment)).toEqual({ setup, policy });
      }),
    );
  });

  test('leaves out what most jobs have', () => {
    expect(fragmentOf({ ...EXAMPLE_SETUP, environment: 'aws:prod' })).toBe(
      'owner=octo-org&repository=octo-app&owner-id=123456&repository-id=456789&ref=refs/heads/main&environment=aws:prod&account=111111111111&role=deploy',
    );
    expect(setupInFragment('').setup).toEqual(EXAMPLE_SETUP);
  });

  test.each([
    '#',
    '#%',
    '#owner=%ff',
    '#format=odd',
    '#a',
    '#=',
    '#owner',
    `#policy=${'x'.repeat(20_000)}`,
    '#&&',
  ])('that is not from this code is read as far as it goes: %.20s', (fragment) => {
    const { setup, policy } = setupInFragment(fragment);
    expect({ ...setup, owner: 'octo-org' }).toEqual(EXAMPLE_SETUP);
    expect(policy).toBe('');
  });

  test.each<[Partial<JobSetup>, string]>([
    [{ owner: "a!'()*~-_.b c" }, 'owner=a%21%27%28%29%2A~-_.b%20c'],
    [{ owner: 'a/b:c@d&e=f%#+é' }, 'owner=a/b:c@d%26e%3Df%25%23%2B%C3%A9'],
    [{ owner: '' }, 'owner='],
    [{ event: 'pull_request' }, 'event=pull_request'],
    [{ event: '' }, 'event='],
    [{ issuer: 'https://ghes.example/_services/token' }, 'issuer=https://ghes.example/_services/token'],
    [{ partition: 'aws-cn', audience: 'a' }, 'audience=a&partition=aws-cn'],
    [{ format: 'text', subject: 's' }, 'subject=s&format=text'],
    [
      { format: 'names', subjectKeys: ['repo', 'actor', 'run_id'], claims: { actor: 'a' } },
      'format=names&subject-claims=repo%2Cactor%2Crun_id&claim.actor=a',
    ],
  ])('has %j as %s', (parts, text) => {
    const example = fragmentOf(EXAMPLE_SETUP).split('&');
    const fragment = fragmentOf({ ...EXAMPLE_SETUP, ...parts });
    const added = fragment.split('&').filter((part) => !example.includes(part));
    expect(added.join('&')).toBe(text);
    expect(setupInFragment(fragment).setup).toEqual({ ...EXAMPLE_SETUP, ...parts });
  });

  test('has a policy without white space, and shows it with indentation', () => {
    const policy = '{ "a b" : [ 1,\n "c \\" d" ] }';
    const fragment = fragmentOf(EXAMPLE_SETUP, policy);
    expect(decodeURIComponent(fragment.split('policy=')[1] ?? '')).toBe('{"a b":[1,"c \\" d"]}');
    expect(setupInFragment(fragment).policy).toBe('{\n  "a b": [\n    1,\n    "c \\" d"\n  ]\n}');
  });

  test.each<[string, Partial<JobSetup>]>([
    ['##owner=a', {}],
    ['owner=a=b', { owner: 'a=b' }],
    ['owner', { owner: '' }],
    ['%6Fwner=a', { owner: 'a' }],
    ['%owner=a', {}],
    ['subject-claims=repo,context', {}],
    ['subject-claims=,actor,,sha', { subjectKeys: ['actor', 'sha'] }],
    ['claim.a=1&xclaim.b=2&claim.=3', { claims: { a: '1', '': '3' } }],
    ['format=names&owner=a&owner=b', { format: 'names', owner: 'b' }],
    [`owner=${'x'.repeat(16_384)}`, { owner: 'x'.repeat(16_384) }],
    [`owner=${'x'.repeat(16_385)}`, {}],
    ['policy=%ff&owner=%ff', {}],
  ])('is read: %.40s', (fragment, parts) =>
    expect(setupInFragment(`#${fragment}`)).toEqual({ setup: { ...EXAMPLE_SETUP, ...parts }, policy: '' }),
  );

  test('can stand without its #, which is one at the start alone', () => {
    expect(setupInFragment('owner=a').setup.owner).toBe('a');
    expect(setupInFragment('own#er=a').setup).toEqual(EXAMPLE_SETUP);
  });

  test.each(['{"a":1,"a":2}', '{"a": 1e2}', 'no JSON', '"a  b"'])(
    'keeps what a policy means: %s',
    (policy) => {
      const kept = setupInFragment(fragmentOf(EXAMPLE_SETUP, policy)).policy;
      expect(kept.replaceAll(' ', '')).toBe(policy.replaceAll(' ', ''));
    },
  );

  test('keeps a policy that is not well-formed Unicode from failing', () => {
    expect(setupInFragment(fragmentOf(EXAMPLE_SETUP, 'a\ud800')).policy).toBe('a\ufffd');
  });
});
