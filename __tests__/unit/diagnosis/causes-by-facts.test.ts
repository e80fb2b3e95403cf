import { describe, expect, test } from '@jest/globals';
import { causesByFacts } from '../../../src/diagnosis/causes/by-facts.ts';
import type { Denial } from '../../../src/diagnosis/causes/denial.ts';
import type { Cause } from '../../../src/sts/cause.ts';
import { CALLER, deniedCaller, deniedToken, HUB, MAIN, ROLE } from './denials.ts';

const ids = (denial: Denial) => causesByFacts(denial).map(({ id }) => id);
const cause = (denial: Denial, id: string) => causesByFacts(denial).find((one) => one.id === id);
const named = (id: Cause['id']): Cause => ({ id, why: `STS names ${id}`, check: 'x' });

describe('a denied token', () => {
  test('of a push to a branch: the subject, or the role', () => {
    const denial = deniedToken();
    expect(causesByFacts(denial)).toEqual([
      {
        id: 'subject',
        why: `the trust policy does not name the subject ${MAIN}`,
        check: 'Compare it letter by letter. A * needs StringLike.',
      },
      {
        id: 'role-not-there',
        why: 'account 111111111111 has no role deploy with the path /',
        check: 'Compare account, path, and name with the ARN in IAM. Letter case counts.',
      },
    ]);
  });

  const REST = ['subject', 'role-not-there'];

  test.each<[string, Partial<Denial['claims']>, readonly string[], RegExp]>([
    [
      'an environment',
      { environment: 'production', sub: 'repo:octo-org/octo-app:environment:production' },
      ['environment-subject'],
      /uses the environment production, /,
    ],
    [
      'a pull request',
      { event_name: 'pull_request', sub: 'repo:octo-org/octo-app:pull_request', ref: 'refs/pull/7/merge' },
      ['pull-request-subject'],
      /names no branch: repo:octo-org\/octo-app:pull_request$/,
    ],
    [
      'a tag',
      { ref: 'refs/tags/v1', sub: 'repo:octo-org/octo-app:ref:refs/tags/v1' },
      ['tag-ref'],
      /^the run is for the tag v1, /,
    ],
    [
      'a subject with IDs',
      { sub: 'repo:octo-org@9919/octo-app@74:ref:refs/heads/main' },
      ['immutable-subject'],
      /names octo-org\/octo-app without them$/,
    ],
    [
      'a customised subject',
      { sub: 'repository_id:74' },
      ['customised-subject'],
      /^the subject is customised: repository_id:74$/,
    ],
    [
      'a reusable workflow of another repository',
      { job_workflow_ref: 'octo-org/shared/.github/workflows/a.yml@main' },
      ['reusable-workflow'],
      /job_workflow_ref is octo-org\/shared\//,
    ],
    [
      'upper case',
      { repository: 'Octo-Org/octo-app', sub: 'repo:Octo-Org/octo-app:ref:refs/heads/main' },
      ['letter-case'],
      /the token has repo:Octo-Org\//,
    ],
    [
      'a tag in an environment',
      { environment: 'p', ref: 'refs/tags/v1', sub: 'repo:octo-org/octo-app:environment:p' },
      ['environment-subject', 'tag-ref'],
      /environment p, /,
    ],
  ])('with %s', (_what, claims, first, why) => {
    expect(ids(deniedToken(claims))).toEqual([...first, ...REST]);
    expect(causesByFacts(deniedToken(claims))[0]?.why).toMatch(why);
  });

  test('of a workflow in the same repository is not that of a reusable one elsewhere', () => {
    expect(ids(deniedToken({ job_workflow_ref: 'octo-org/octo-app/.github/workflows/a.yml@main' }))).toEqual(
      REST,
    );
    expect(
      ids(deniedToken({ job_workflow_ref: 'octo-org/octo-app-2/.github/workflows/a.yml@main' })),
    ).toEqual(['reusable-workflow', ...REST]);
  });

  test('names the keys of a customised subject, if they are known', () => {
    const denial = deniedToken({ sub: 'repository_id:74' }, { subjectClaimKeys: ['repository_id'] });
    expect(cause(denial, 'customised-subject')?.why).toBe(
      'the subject is customised (made of repository_id): repository_id:74',
    );
  });

  test('of another server: principal and keys', () => {
    const iss = 'https://ghes.example/_services/token';
    const server = 'GitHub Enterprise Server';
    expect(ids(deniedToken({ iss }, { server }))).toEqual(['ghes-issuer', ...REST]);
    expect(ids(deniedToken({ iss }, { server: 'Forgejo' }))).toEqual(['other-issuer', ...REST]);
    expect(cause(deniedToken({ iss }, { server }), 'ghes-issuer')?.why).toBe(
      'the token comes from GitHub Enterprise Server, so principal and condition keys must start with ghes.example/_services/token',
    );
  });
});

describe('a provider that is missing', () => {
  const missing = named('provider-missing');
  const code = 'STS_PROVIDER_NOT_FOUND';

  test('or a wrong account', () => {
    const denial = deniedToken({}, { code, namedCause: missing });
    expect(ids(denial)).toEqual(['provider-missing', 'role-not-there']);
    expect(cause(denial, 'role-not-there')?.why).toBe("the role's ARN names account 111111111111 by mistake");
  });

  test('of another server comes first', () => {
    const iss = 'https://ghes.example/_services/token';
    const denial = deniedToken({ iss }, { code, namedCause: missing, server: 'GitHub Enterprise Server' });
    expect(ids(denial)).toEqual(['ghes-issuer', 'provider-missing', 'role-not-there']);
    expect(cause(denial, 'ghes-issuer')).toMatchObject({
      why: `the token comes from GitHub Enterprise Server (${iss}), and account 111111111111 has no provider with this URL`,
      check: expect.stringContaining(`Create the provider with the URL ${iss}.`),
    });
  });
});

test('another failure has the cause that STS names, or none', () => {
  expect(causesByFacts(deniedToken({}, { code: 'STS_TOKEN_INVALID' }))).toEqual([]);
  const clock = named('clock');
  expect(causesByFacts(deniedToken({}, { code: 'STS_TOKEN_INVALID', namedCause: clock }))).toEqual([clock]);
});

describe('a denied caller', () => {
  const REST = ['caller-permission', 'tag-condition', 'role-not-there'];

  test('without an external ID', () => {
    expect(ids(deniedCaller())).toEqual(['caller-not-trusted', 'external-id-missing', ...REST]);
    expect(cause(deniedCaller(), 'caller-not-trusted')?.why).toBe(
      `the trust policy of ${ROLE} does not name ${HUB}`,
    );
    expect(cause(deniedCaller(), 'caller-permission')?.why).toBe(
      `${HUB} has no policy that allows sts:AssumeRole on ${ROLE}`,
    );
  });

  test('with an external ID', () => {
    expect(ids(deniedCaller({ externalId: 'xy' }))).toEqual([
      'external-id-wrong',
      'caller-not-trusted',
      ...REST,
    ]);
  });

  test('that is not known', () => {
    const denial = deniedCaller({}, { caller: undefined });
    expect(cause(denial, 'caller-not-trusted')?.why).toContain('does not name the caller');
    expect(cause(denial, 'caller-permission')?.why).toMatch(/^the caller has no policy/);
  });

  test('that is a user without MFA', () => {
    const user = { ...CALLER, kind: 'user' } as const;
    const mfa = { serial: 'x', code: { kind: 'code', code: '123456' } } as const;
    expect(ids(deniedCaller({}, { caller: user }))).toContain('mfa-required');
    expect(ids(deniedCaller({ mfa }, { caller: user }))).not.toContain('mfa-required');
    expect(ids(deniedCaller())).not.toContain('mfa-required');
  });

  test('by SAML: an external ID is not the cause', () => {
    const { caller: _, ...denial } = deniedToken();
    const saml = { ...denial, claims: undefined, caller: { ...CALLER, kind: 'user' } } as const;
    expect(ids(saml)).toEqual(['caller-not-trusted', 'external-id-missing', ...REST]);
  });

  test('where STS names the cause', () => {
    const [tags, permission, other] = (['tag-session', 'caller-permission', 'mfa-code'] as const).map(named);
    expect(ids(deniedCaller({}, { namedCause: tags }))).toEqual(['tag-session', 'tag-condition']);
    expect(ids(deniedCaller({}, { namedCause: permission }))).toEqual([
      'caller-permission',
      'caller-not-trusted',
    ]);
    expect(cause(deniedCaller({}, { namedCause: permission }), 'caller-permission')?.why).toContain(HUB);
    expect(causesByFacts(deniedCaller({}, { namedCause: other }))).toEqual([other]);
  });
});

describe('a role that assumes itself to get session tags', () => {
  const itself = { caller: { ...CALLER, arn: ROLE } };

  test('is not trusted by its own policy', () => {
    const denial = deniedCaller({ externalId: 'xy' }, itself);
    expect(ids(denial)).toEqual([
      'external-id-wrong',
      'self-assumption',
      'caller-permission',
      'tag-condition',
      'role-not-there',
    ]);
    expect(cause(denial, 'self-assumption')).toEqual({
      id: 'self-assumption',
      why: `the trust policy of ${ROLE} does not let the role assume itself with session tags, which tag-oidc-session requires`,
      check:
        'Add a statement with the role itself as AWS principal, and with sts:AssumeRole and sts:TagSession, to its trust policy; or remove tag-oidc-session.',
    });
  });

  test.each<[Cause['id'], readonly string[]]>([
    ['tag-session', ['self-assumption', 'tag-session']],
    ['caller-permission', ['caller-permission', 'self-assumption']],
  ])('where STS names %s', (id, expected) => {
    expect(ids(deniedCaller({}, { ...itself, namedCause: named(id) }))).toEqual(expected);
  });
});

describe('a condition on session tags', () => {
  test('is met by tags that the action can send', () => {
    const without = cause(deniedCaller(), 'tag-condition');
    expect(without?.check).toMatch(/^Remove role-skip-session-tagging/);
    const tags = [{ key: 'Team', value: 'x', optional: false }];
    expect(cause(deniedCaller({ tags }), 'tag-condition')?.check).toMatch(
      /^Compare it with the session tags/,
    );
  });

  test('cannot be met by a request without tags of its own', () => {
    const denial = { ...deniedToken(), claims: undefined, caller: CALLER };
    expect(cause(denial, 'tag-condition')).toMatchObject({
      why: expect.stringMatching(/: AssumeRoleWithWebIdentity sends no session tags$/),
      check: expect.stringContaining('role chaining'),
    });
  });
});
