import { describe, expect, test } from '@jest/globals';
import type { Claims } from '../../../src/identity/claims.ts';
import type { AssumeRoleRequest } from '../../../src/plan/plan.ts';
import {
  type Caller,
  conditionValues,
  questionOfToken,
  questionsOfAssumeRole,
} from '../../../src/trust/questions.ts';
import { requestOf } from '../sts/requests.ts';

const G = 'token.actions.githubusercontent.com';
const CLAIMS: Claims = {
  iss: `https://${G}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:octo-org/octo-app:ref:refs/heads/main',
  repository: 'octo-org/octo-app',
  repository_id: 74,
  event_name: 'push',
};
const TAGS = 'https://aws.amazon.com/tags';
const role = { partition: 'aws-cn', accountId: '111111111111' };

describe('the question of a token', () => {
  const ask = (claims: Claims = {}) =>
    questionOfToken({ role, sessionName: 'test' }, { ...CLAIMS, ...claims });
  const contextOf = (claims?: Claims) => Object.fromEntries(ask(claims).context);
  const known = (keys: readonly string[], claims?: Claims) => keys.filter(ask(claims).isKnown);

  test('is about the provider of its issuer in the account of the role', () => {
    const { action, principal } = ask();
    expect(action).toBe('sts:AssumeRoleWithWebIdentity');
    expect(principal.type).toBe('Federated');
    expect(principal.ids).toEqual([`arn:aws-cn:iam::111111111111:oidc-provider/${G}`]);
  });

  test('has the provider by its bare name, too', () => {
    const { mayBe } = ask({ iss: 'https://Accounts.Example' }).principal;
    const names = ['accounts.example', 'ACCOUNTS.EXAMPLE', 'accounts.example.org', 'graph.example'];
    expect(names.filter((name) => mayBe?.(name))).toEqual(['accounts.example', 'ACCOUNTS.EXAMPLE']);
  });

  test('has the claims that STS reads, and the name of the session', () => {
    expect(contextOf()).toEqual({
      [`${G}:aud`]: ['sts.amazonaws.com'],
      [`${G}:sub`]: ['repo:octo-org/octo-app:ref:refs/heads/main'],
      [`${G}:repository`]: ['octo-org/octo-app'],
      [`${G}:repository_id`]: ['74'],
      'sts:rolesessionname': ['test'],
    });
    expect(questionOfToken({ role }, CLAIMS).context.has('sts:rolesessionname')).toBe(false);
  });

  test('of another provider has the claims of every provider, under its name in lower case', () => {
    expect(contextOf({ iss: 'https://Gitlab.Example/' })).toEqual({
      'gitlab.example:aud': ['sts.amazonaws.com'],
      'gitlab.example:sub': ['repo:octo-org/octo-app:ref:refs/heads/main'],
      'sts:rolesessionname': ['test'],
    });
  });

  test.each<[string, Claims, readonly string[]]>([
    [
      'its own claims and absent ones, and not whether STS reads another',
      {},
      ['aud', 'sub', 'ref', 'iss', 'azp'],
    ],
    ['not an audience that may be azp', { azp: 'x' }, ['sub', 'ref', 'iss']],
    ['not a claim without a text form', { ref: {}, sub: '' }, ['aud', 'iss', 'azp']],
    [
      'absent claims that are null or undefined',
      { event_name: null, ref: undefined },
      ['aud', 'sub', 'ref', 'iss', 'event_name', 'azp'],
    ],
  ])('knows of its provider: %s', (_name, claims, expected) => {
    const names = ['aud', 'sub', 'ref', 'iss', 'event_name', 'azp', 'oaud'];
    const keys = names.map((name) => `${G}:${name}`);
    expect(known(keys, claims)).toEqual(expected.map((name) => `${G}:${name}`));
  });

  test('has no values for what it does not know', () => {
    expect(contextOf({ azp: 'x', ref: { a: 1 } })).toEqual({
      [`${G}:sub`]: ['repo:octo-org/octo-app:ref:refs/heads/main'],
      [`${G}:repository`]: ['octo-org/octo-app'],
      [`${G}:repository_id`]: ['74'],
      'sts:rolesessionname': ['test'],
    });
  });

  test.each([
    ['another issuer', 'https://gitlab.example', [`${G}:sub`]],
    ['an issuer with the same start', `https://${G}.example`, [`${G}:sub`]],
    ['the issuer of an enterprise, which is below the own one of GitHub', `https://${G}/octo`, []],
  ])("knows that %s has no value for GitHub's keys: %s", (_name, iss, keys) =>
    expect(known([`${G}:sub`, 'elsewhere.example:sub'], { iss })).toEqual(keys),
  );

  const REQUEST = [
    'sts:rolesessionname',
    'aws:tagkeys',
    'aws:requesttag/a',
    'sts:transitivetagkeys',
    'sts:externalid',
    'aws:sourceip',
  ];
  test('knows the request, and that it has no tags', () =>
    expect(known(REQUEST)).toEqual(REQUEST.slice(0, 4)));
  test('with tags of its own does not know them', () =>
    expect(known(REQUEST, { [TAGS]: { principal_tags: {} } })).toEqual(['sts:rolesessionname']));
});

describe('the values of a claim', () => {
  test.each<[unknown, readonly string[] | undefined]>([
    ['a', ['a']],
    [true, ['true']],
    [74, ['74']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['', undefined],
    [['a', ''], undefined],
    [[], undefined],
    [null, undefined],
    [undefined, undefined],
    [{}, undefined],
    [1.5, undefined],
    [2 ** 53, undefined],
    [['a', {}], undefined],
  ])('%j: %j', (value, values) => expect(conditionValues(value)).toEqual(values));
});

describe('the questions of AssumeRole', () => {
  const ARN = 'arn:aws-cn:iam::222222222222:role/teams/hub';
  const HUB: Caller = { arn: ARN, accountId: '222222222222', kind: 'role', sessionName: 'first' };
  const USER: Caller = { arn: 'arn:aws:iam::222222222222:user/ci', accountId: '222222222222', kind: 'user' };
  const ask = (request: Partial<AssumeRoleRequest> = {}, caller = HUB) =>
    questionsOfAssumeRole({ ...requestOf('AssumeRole'), ...request }, caller);
  const first = (request?: Partial<AssumeRoleRequest>, caller?: Caller) => {
    const [question] = ask(request, caller);
    if (question === undefined) throw new Error('there is no question');
    return question;
  };
  const contextOf = (request?: Partial<AssumeRoleRequest>, caller?: Caller) =>
    Object.fromEntries(first(request, caller).context);
  const TAGGED = {
    tags: [
      { key: 'Team', value: 'a', optional: false },
      { key: 'Stage', value: '', optional: true },
    ],
    transitiveTagKeys: ['Team'],
  };
  const mfa = { serial: 'arn:aws:iam::222222222222:mfa/ci', code: undefined } as never;

  test.each<[Partial<AssumeRoleRequest>, readonly string[]]>([
    [{}, ['sts:AssumeRole']],
    [TAGGED, ['sts:AssumeRole', 'sts:TagSession']],
    [{ sourceIdentity: 'x' }, ['sts:AssumeRole', 'sts:SetSourceIdentity']],
    [{ ...TAGGED, sourceIdentity: 'x' }, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']],
  ])('are one for each action: %j', (request, actions) => {
    const questions = ask(request);
    expect(questions.map(({ action }) => action)).toEqual(actions);
    for (const { context } of questions) expect(context).toEqual(questions[0]?.context);
  });

  test('have the values of the request', () => {
    expect(contextOf({ ...TAGGED, externalId: 'x-1', sourceIdentity: 'octocat' })).toEqual({
      'sts:rolesessionname': ['test'],
      'aws:principalarn': [ARN],
      'aws:principalaccount': ['222222222222'],
      'sts:externalid': ['x-1'],
      'sts:sourceidentity': ['octocat'],
      'aws:tagkeys': ['Team', 'Stage'],
      'sts:transitivetagkeys': ['Team'],
      'aws:requesttag/team': ['a'],
      'aws:requesttag/stage': [''],
      'aws:multifactorauthpresent': ['false'],
    });
  });

  test.each<[string, Partial<AssumeRoleRequest>, Caller, readonly string[] | undefined, readonly string[]]>([
    ['a role', {}, HUB, ['false'], ['present', 'age']],
    ['a role that was assumed with MFA', {}, { ...HUB, usedMfa: true }, undefined, []],
    ['a role that was assumed without MFA', {}, { ...HUB, usedMfa: false }, ['false'], ['present', 'age']],
    ['a user', {}, USER, undefined, ['present', 'age']],
    ['a user with MFA', { mfa }, USER, ['true'], ['present', 'age']],
  ])('have the MFA of %s', (_name, request, caller, present, known) => {
    const { context, isKnown } = first(request, caller);
    expect(context.get('aws:multifactorauthpresent')).toEqual(present);
    expect(['present', 'age', 'other'].filter((key) => isKnown(`aws:multifactorauth${key}`))).toEqual(known);
  });

  test.each<[string, Partial<AssumeRoleRequest>, Caller, boolean]>([
    ['a role, which keeps an earlier one', {}, HUB, false],
    ['a request that sets it', { sourceIdentity: 'x' }, HUB, true],
    ['a user', {}, USER, true],
  ])('know the source identity of %s', (_name, request, caller, known) =>
    expect(first(request, caller).isKnown('sts:sourceidentity')).toBe(known),
  );

  test('know the rest of the request, and nothing of where it comes from', () => {
    const keys = [
      'sts:rolesessionname',
      'aws:principalarn',
      'sts:externalid',
      'aws:tagkeys',
      'aws:requesttag/a',
      'sts:transitivetagkeys',
      'aws:sourceip',
      'aws:principaltag/a',
      'x:aws:multifactorauth',
    ];
    expect(keys.filter(first().isKnown)).toEqual(keys.slice(0, 6));
  });

  describe('have the principal', () => {
    const ROOT = 'arn:aws-cn:iam::222222222222:root';
    const SESSIONS = 'arn:aws-cn:sts::222222222222:assumed-role/hub/';
    const unnamed: Caller = { ...HUB, sessionName: undefined };

    test.each<[string, Caller, readonly string[]]>([
      ['of a session', HUB, [ARN, `${SESSIONS}first`, '222222222222', ROOT]],
      ['of a role with a session of unknown name', unnamed, [ARN, '222222222222', ROOT]],
      ['of a user', USER, [USER.arn, '222222222222', 'arn:aws:iam::222222222222:root']],
      [
        'of a user, whatever else is known',
        { ...USER, sessionName: 'first' },
        [USER.arn, '222222222222', 'arn:aws:iam::222222222222:root'],
      ],
    ])('%s', (_name, caller, ids) => {
      const { principal } = first({}, caller);
      expect(principal.type).toBe('AWS');
      expect(principal.ids).toEqual(ids);
    });

    test.each<[string, Caller, readonly string[]]>([
      ['a session', HUB, ['AROAEXAMPLEEXAMPLE123']],
      [
        'a role with a session of unknown name',
        unnamed,
        ['AROAEXAMPLEEXAMPLE123', `${SESSIONS}other`, `${SESSIONS}other`.toUpperCase()],
      ],
      ['a user', USER, ['AROAEXAMPLEEXAMPLE123']],
    ])('that %s may also have', (_name, caller, names) => {
      const { mayBe } = first({}, caller).principal;
      const all = [
        'AROAEXAMPLEEXAMPLE123',
        'AROAEXAMPLE',
        `${SESSIONS}other`,
        `${SESSIONS}other`.toUpperCase(),
        SESSIONS.replace('hub', 'spoke'),
        'arn:aws-cn:sts::222222222222:assumed-role/',
      ];
      expect(all.filter((name) => mayBe?.(name))).toEqual(names);
    });
  });
});
