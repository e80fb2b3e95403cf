import { describe, expect, test } from '@jest/globals';
import type { Claims } from '../../../src/identity/claims.ts';
import type { ClaimCondition } from '../../../src/trust/claim-conditions.ts';
import { intendedJobs } from '../../../src/trust/intended-jobs.ts';
import { outsidersOf } from '../../../src/trust/outsiders.ts';
import { atRef, EXAMPLE_CLAIMS, inRepository, type Probe } from '../../../src/trust/probes.ts';
import { subjectOf } from '../../../src/trust/subject.ts';

const condition = (operator: string, claim: string, ...values: readonly string[]): ClaimCondition => ({
  operator,
  key: `token.actions.githubusercontent.com:${claim}`,
  claim,
  values,
});
const equals = (claim: string, ...values: readonly string[]) => condition('StringEquals', claim, ...values);
const like = (claim: string, ...values: readonly string[]) => condition('StringLike', claim, ...values);
const MAIN = 'repo:octo-org/octo-app:ref:refs/heads/main';

const subjectsOf = (jobs: readonly Probe[]) => jobs.map(({ claims, form }) => subjectOf(claims, form));
/** The only job for these conditions. */
function jobFor(conditions: readonly ClaimCondition[], token?: Claims): Probe {
  const [job, ...others] = intendedJobs(conditions, [], token);
  if (job === undefined || others.length > 0) throw new Error('there is not one job');
  return job;
}
/** The claims that differ from those in `base`; null for a claim that is gone. */
const changes = (claims: Claims, base: Claims) =>
  Object.fromEntries(
    Object.entries(claims)
      .filter(([name, value]) => base[name] !== value)
      .map(([name, value]) => [name, value ?? null]),
  );

const TOKEN: Claims = {
  aud: 'sts.amazonaws.com',
  sub: 'repo:hubot/lib:ref:refs/heads/dev',
  repository: 'hubot/lib',
  repository_owner: 'hubot',
  repository_id: '30',
  repository_owner_id: '31',
  enterprise_id: '32',
  ref: 'refs/heads/dev',
  event_name: 'workflow_dispatch',
  actor: 'monalisa',
  workflow: 'build',
  job_workflow_ref: 'hubot/lib/.github/workflows/build.yml@refs/heads/dev',
};

describe('the jobs that a statement is for', () => {
  const A = 'repo:octo-org/a:ref:refs/heads/main';
  const B = 'repo:octo-org/b:environment:prod';

  test.each<[string, readonly ClaimCondition[], readonly ClaimCondition[], readonly string[]]>([
    ['none', [], [], [MAIN]],
    ['two values', [equals('sub', A, B)], [], [A, B]],
    ['two conditions', [equals('sub', A), like('sub', B)], [], [A, B]],
    ['the same job twice', [equals('sub', A), like('sub', A)], [], [A]],
    ['a denial of other jobs', [like('sub', '*')], [condition('StringNotLike', 'sub', A)], [MAIN, A]],
    ['values that no subject has', [equals('sub', 'octo-org/a', A)], [], [A]],
    ['a wildcard that is a plain character', [equals('sub', 'repo:octo-org/b-*:ref:x', A)], [], [A]],
    ['values under another claim', [equals('workflow', A)], [], [MAIN]],
    [
      'values that are longer than a subject',
      [equals('sub', `repo:o/${'a'.repeat(1018)}`, `repo:o/${'a'.repeat(1017)}`)],
      [],
      [`repo:o/${'a'.repeat(1017)}`],
    ],
  ])('by %s', (_name, conditions, denials, subjects) =>
    expect(subjectsOf(intendedJobs(conditions, denials, undefined))).toEqual(subjects),
  );

  test.each<[string, Claims, readonly ClaimCondition[], readonly string[]]>([
    ['alone', {}, [], ['repo:hubot/lib:ref:refs/heads/dev']],
    ['beside a named one', {}, [equals('sub', A)], [A, 'repo:hubot/lib:ref:refs/heads/dev']],
    [
      'with IDs',
      { sub: 'repo:hubot@31/lib@30:ref:refs/heads/dev' },
      [],
      ['repo:hubot@31/lib@30:ref:refs/heads/dev'],
    ],
    ['with a customised subject', { sub: 'repository_id:30' }, [], ['repository_id:30']],
    ['with a subject of another kind', { sub: '*' }, [], ['repo:hubot/lib:ref:refs/heads/dev']],
    ['with a subject of another kind, beside a named one', { sub: '*' }, [equals('sub', A)], [A]],
  ])('include that of the token at hand: %s', (_name, claims, conditions, subjects) =>
    expect(subjectsOf(intendedJobs(conditions, [], { ...TOKEN, ...claims }))).toEqual(subjects),
  );

  test('has the form with IDs where the subject has one', () => {
    const job = jobFor([like('sub', 'repo:octo-org@*/octo-app@74:*')]);
    expect(job.form).toEqual({ keys: ['repo', 'context'], immutable: true });
    expect(changes(job.claims, EXAMPLE_CLAIMS)).toEqual({ repository_id: '74' });
  });
});

describe('the claims of a job that subject and claims name', () => {
  const inRepo = (repository: string, ids: object = {}): Claims => ({
    repository,
    job_workflow_ref: `${repository}/.github/workflows/deploy.yml@refs/heads/main`,
    ...ids,
  });

  test.each<[string, readonly ClaimCondition[], Claims]>([
    ['nothing', [], {}],
    ['the branch of the example', [equals('sub', MAIN)], { ref_type: 'branch' }],
    ['an operator that lists no texts', [condition('StringNotEquals', 'actor', 'x')], {}],
    [
      'another repository of the owner',
      [equals('sub', 'repo:octo-org/a:ref:refs/heads/main')],
      inRepo('octo-org/a', { ref_type: 'branch' }),
    ],
    [
      'another owner',
      [equals('sub', 'repo:hubot@8/a@9:ref:refs/heads/main')],
      inRepo('hubot/a', {
        ref_type: 'branch',
        repository_owner: 'hubot',
        repository_owner_id: '8',
        repository_id: '9',
        enterprise_id: '3',
      }),
    ],
    ['any repository of an owner', [like('sub', 'repo:octo-org/*')], {}],
    ['any owner', [like('sub', 'repo:**/a:*')], inRepo('octo-org/a')],
    ['repositories by their start', [like('sub', 'repo:octo-org/app-*')], inRepo('octo-org/app-x')],
    ['the repository by its claim', [equals('repository', 'octo-org/a')], inRepo('octo-org/a')],
    [
      'the repository by its claim, the owner in the subject',
      [like('sub', 'repo:octo-org/*'), like('repository', 'x/a')],
      { ...inRepo('octo-org/a'), repository: 'x/a' },
    ],
    [
      'the owner by its claim',
      [equals('repository_owner', 'hubot')],
      inRepo('hubot/octo-app', {
        repository_owner: 'hubot',
        enterprise_id: '3',
      }),
    ],
    [
      'the repository of a workflow',
      [like('job_workflow_ref', 'octo-org/a/.github/workflows/*')],
      {
        repository: 'octo-org/a',
        job_workflow_ref: 'octo-org/a/.github/workflows/deploy.yml@refs/heads/main',
      },
    ],
    [
      'a workflow, and a repository',
      [equals('job_workflow_ref', 'octo-org/a/w.yml@v1'), equals('sub', 'repo:octo-org/b')],
      { repository: 'octo-org/b', job_workflow_ref: 'octo-org/a/w.yml@v1' },
    ],
    [
      'a workflow, and a repository by its claim',
      [equals('job_workflow_ref', 'octo-org/a/w.yml@v1'), equals('repository', 'octo-org/b')],
      { repository: 'octo-org/b', job_workflow_ref: 'octo-org/a/w.yml@v1' },
    ],
    [
      'a workflow without a repository',
      [equals('job_workflow_ref', '/hubot/a/w.yml')],
      { job_workflow_ref: '/hubot/a/w.yml' },
    ],
    ['an ID by its claim', [equals('repository_id', '74')], { repository_id: '74' }],
    [
      'another branch',
      [equals('sub', 'repo:octo-org/octo-app:ref:refs/heads/dev')],
      {
        ref: 'refs/heads/dev',
        ref_type: 'branch',
        job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/dev',
      },
    ],
    [
      'tags by a claim',
      [like('ref', 'refs/tags/v*')],
      {
        ref: 'refs/tags/v',
        ref_type: 'tag',
        job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/tags/v',
      },
    ],
    ['any ref', [like('sub', 'repo:octo-org/octo-app:ref:*')], { ref_type: 'branch' }],
    [
      'a ref that is none',
      [like('sub', 'repo:octo-org/octo-app:ref:x/refs/heads/*')],
      { ref_type: 'branch' },
    ],
    [
      'the ref of a pull request',
      [like('ref', 'refs/pull/*/merge')],
      {
        ref: 'refs/pull/x/merge',
        ref_type: 'branch',
        job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/pull/x/merge',
      },
    ],
    [
      'pull requests',
      [equals('sub', 'repo:octo-org/octo-app:pull_request')],
      {
        ref: 'refs/pull/1/merge',
        ref_type: 'branch',
        event_name: 'pull_request',
        job_workflow_ref: 'octo-org/octo-app/.github/workflows/deploy.yml@refs/pull/1/merge',
      },
    ],
    [
      'pull requests with a ref',
      [equals('sub', 'repo:octo-org/octo-app:pull_request'), equals('ref', 'refs/heads/main')],
      { ref_type: 'branch', event_name: 'pull_request' },
    ],
    ['an environment', [equals('sub', 'repo:octo-org/octo-app:environment:a%3Ab')], { environment: 'a:b' }],
    ['environments', [like('sub', 'repo:octo-org/octo-app:environment:prod-*')], { environment: 'prod-x' }],
    ['any environment', [like('sub', 'repo:octo-org/octo-app:environment:*')], { environment: 'x' }],
    ['an actor in the subject', [like('sub', 'repo:octo-org/octo-app:actor:*')], {}],
    ['an actor', [equals('actor', 'hubot', 'x')], { actor: 'hubot' }],
    ['the actor of the example', [equals('actor', 'x', 'octocat')], {}],
    ['actors', [like('actor', '*-bot')], { actor: 'x-bot' }],
    ['a wildcard that is a plain character', [equals('actor', '*')], { actor: '*' }],
    ['any value of a claim', [like('environment', '*')], {}],
    ['a value of an unset claim', [like('environment', '?*')], { environment: 'xx' }],
    ['a claim that has to be there', [condition('Null', 'environment', 'false')], { environment: 'x' }],
    ['a claim that is there', [condition('Null', 'actor', 'false')], {}],
    ['a claim that must not be there', [condition('Null', 'environment', 'true')], {}],
    ['no value at all', [equals('actor')], {}],
  ])('%s', (_name, conditions, expected) => {
    const { claims } = jobFor(conditions);
    expect(changes(claims, EXAMPLE_CLAIMS)).toEqual(expected);
  });

  test('come from the token at hand otherwise', () => {
    const own = { ...TOKEN, environment: 'prod' };
    const [dev, any] = intendedJobs([like('sub', 'repo:hubot/lib:ref:*')], [], own);
    expect(changes(dev?.claims ?? {}, own)).toEqual({ environment: null, ref_type: 'branch' });
    expect(changes(any?.claims ?? {}, own)).toEqual({});
  });

  test('come from the token at hand where a called workflow is in another repository', () => {
    const workflow = equals('job_workflow_ref', 'octo-org/a/w.yml@v1');
    expect(jobFor([workflow], TOKEN).claims.repository).toBe('hubot/lib');
  });
});

describe('a ref is named up to its end, or to a *', () => {
  test.each<[string | undefined, boolean]>([
    [undefined, false],
    ['refs/heads/main', true],
    ['refs/heads/main*', true],
    ['refs/heads/main**', true],
    ['refs/heads/*', false],
    ['refs/heads/main*x', false],
    ['refs/heads/*/x', false],
    ['*', true],
  ])('%j: %j', (ref, namesRef) =>
    expect(jobFor(ref === undefined ? [] : [like('ref', ref)]).namesRef).toBe(namesRef),
  );
});

describe('the same job', () => {
  const IDS = { owner: '90', repository: '91', enterprise: '92' };

  test('in its own repository stays', () => expect(inRepository(TOKEN, 'hubot/lib', IDS)).toBe(TOKEN));

  test('in another repository of the owner keeps the IDs of the owner', () =>
    expect(inRepository(TOKEN, 'hubot/a', IDS)).toEqual({
      ...TOKEN,
      repository: 'hubot/a',
      repository_id: '91',
      job_workflow_ref: 'hubot/a/.github/workflows/build.yml@refs/heads/dev',
    }));

  test('in a repository of another owner has other IDs', () =>
    expect(inRepository(TOKEN, 'octo-org/a', IDS)).toEqual({
      ...TOKEN,
      repository: 'octo-org/a',
      repository_id: '91',
      repository_owner: 'octo-org',
      repository_owner_id: '90',
      enterprise_id: '92',
      job_workflow_ref: 'octo-org/a/.github/workflows/build.yml@refs/heads/dev',
    }));

  test.each<[string, string | undefined, string]>([
    ['of a workflow at a ref with @', 'hubot/lib/a/b.yml@refs/heads/x@y', 'a/b.yml'],
    ['without a workflow', undefined, '.github/workflows/deploy.yml'],
    ['with a workflow of an unknown form', 'a/b', '.github/workflows/deploy.yml'],
  ])('%s has a workflow in the other repository', (_name, workflow, file) =>
    expect(inRepository({ ...TOKEN, job_workflow_ref: workflow }, 'hubot/a', IDS).job_workflow_ref).toBe(
      `hubot/a/${file}@refs/heads/dev`,
    ),
  );

  test.each<[ref: string, type: string]>([
    ['refs/heads/a', 'branch'],
    ['refs/tags/a', 'tag'],
    ['refs/heads/refs/tags/', 'branch'],
  ])('at %s has the workflow of that ref', (ref, type) =>
    expect(atRef(TOKEN, ref, 'push')).toEqual({
      ...TOKEN,
      ref,
      ref_type: type,
      event_name: 'push',
      job_workflow_ref: `hubot/lib/.github/workflows/build.yml@${ref}`,
    }),
  );

  test('at another ref keeps the workflow of another repository', () => {
    const workflow = 'hubot/lib-two/.github/workflows/build.yml@refs/heads/main';
    expect(atRef({ ...TOKEN, job_workflow_ref: workflow }, 'refs/heads/a', 'push').job_workflow_ref).toBe(
      workflow,
    );
  });
});

describe('outsiders', () => {
  const PROBE: Probe = {
    claims: TOKEN,
    form: { keys: ['repo', 'context'], immutable: true },
    namesRef: true,
  };
  const outsiders = (claims: Claims = {}, more: Partial<Probe> = {}) =>
    new Map(outsidersOf({ ...PROBE, claims: { ...TOKEN, ...claims }, ...more }));
  const subjects = (claims?: Claims, more?: Partial<Probe>) =>
    Object.fromEntries(
      [...outsiders(claims, more)].map(([outsider, { claims: changed, form }]) => [
        outsider,
        subjectOf(changed, form),
      ]),
    );

  test('differ from a job in one way each', () =>
    expect(subjects()).toEqual({
      'other owner': 'repo:stranger@900001/lib@900002:ref:refs/heads/dev',
      'owner twin': 'repo:hubot-evil@900001/lib@900002:ref:refs/heads/dev',
      'other repository': 'repo:hubot@31/another-repository@900002:ref:refs/heads/dev',
      'repository twin': 'repo:hubot@31/lib-two@900002:ref:refs/heads/dev',
      'pull request': 'repo:hubot@31/lib@30:pull_request',
      'other branch': 'repo:hubot@31/lib@30:ref:refs/heads/another-branch',
      'other environment': 'repo:hubot@31/lib@30:environment:another-environment',
      tag: 'repo:hubot@31/lib@30:ref:refs/tags/another-tag',
      'branch twin': 'repo:hubot@31/lib@30:ref:refs/heads/dev-two',
    }));

  test.each<[string, Claims, Partial<Probe>, Readonly<Record<string, string>>]>([
    ['a tag', { ref: 'refs/tags/v1' }, {}, {}],
    [
      'a branch whose name looks like a tag',
      { ref: 'refs/heads/refs/tags/' },
      {},
      { tag: 'ref:refs/tags/another-tag', 'branch twin': 'ref:refs/heads/refs/tags/-two' },
    ],
    ['a branch that is not named', {}, { namesRef: false }, { tag: 'ref:refs/tags/another-tag' }],
    [
      'an environment',
      { environment: 'prod' },
      { namesRef: false },
      { tag: 'ref:refs/tags/another-tag', 'environment twin': 'environment:prod-two' },
    ],
  ])('of %s', (_name, claims, more, expected) => {
    const found = Object.entries(subjects(claims, more)).slice(7);
    const withRepository = Object.entries(expected).map(([name, context]) => [
      name,
      `repo:hubot@31/lib@30:${context}`,
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(withRepository));
  });

  test('of a pull request are pushes, except for other pull requests', () => {
    const events = [...outsiders({ event_name: 'pull_request', ref: 'refs/pull/7/merge' })].map(
      ([outsider, { claims }]) => [outsider, claims.event_name, claims.ref],
    );
    expect(events.slice(4)).toEqual([
      ['pull request', 'pull_request', 'refs/pull/1/merge'],
      ['other branch', 'push', 'refs/heads/another-branch'],
      ['other environment', 'push', 'refs/heads/another-branch'],
      ['tag', 'push', 'refs/tags/another-tag'],
    ]);
  });

  test('of another event have that event', () => {
    const events = [...outsiders()].map(([outsider, { claims }]) => [outsider, claims.event_name]);
    expect(events.filter(([, event]) => event !== 'workflow_dispatch')).toEqual([
      ['pull request', 'pull_request'],
    ]);
  });

  test('keep what they have in common with the job', () => {
    const { claims } = outsiders({ environment: 'prod' }).get('other branch') ?? {};
    expect(changes(claims ?? {}, { ...TOKEN, environment: 'prod' })).toEqual({
      ref: 'refs/heads/another-branch',
      ref_type: 'branch',
      job_workflow_ref: 'hubot/lib/.github/workflows/build.yml@refs/heads/another-branch',
      environment: null,
    });
  });
});
