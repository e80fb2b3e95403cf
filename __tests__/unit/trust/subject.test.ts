import { describe, expect, test } from '@jest/globals';
import type { Claims } from '../../../src/identity/claims.ts';
import {
  defaultContext,
  isCustomised,
  isImmutable,
  namesRepository,
  parseSubject,
  type SubjectForm,
  subjectOf,
} from '../../../src/trust/subject.ts';
import { parseSubjectPattern } from '../../../src/trust/subject-pattern.ts';

const CLAIMS: Claims = {
  repository: 'octo-org/octo-app',
  repository_owner: 'octo-org',
  repository_id: '74',
  repository_owner_id: '9919',
  ref: 'refs/heads/main',
  event_name: 'push',
};

describe('the parts of a subject in the default form', () => {
  test.each<[subject: string, repository: string, immutable: boolean, context: string]>([
    ['repo:octo-org/octo-app:ref:refs/heads/main', 'octo-org/octo-app', false, 'ref:refs/heads/main'],
    ['repo:octo-org@9919/octo-app@74:pull_request', 'octo-org/octo-app', true, 'pull_request'],
    ['repo:o@*/r@*:*', 'o/r', true, '*'],
    ['repo:octo-org/*:environment:a\nb', 'octo-org/*', false, 'environment:a\nb'],
    ['repo:octo-*/octo-app/x:', 'octo-*/octo-app/x', false, ''],
  ])('%j', (subject, repository, immutable, context) => {
    expect(parseSubject(subject)).toEqual({ repository, immutable, context });
    expect(isImmutable(subject)).toBe(immutable);
  });

  test.each([
    '',
    'repo:octo-org/octo-app',
    'repo:octo-org:ref:refs/heads/main',
    'repo:/octo-app:x',
    'repo:octo-org/:x',
    'repo:octo-org@/octo-app:x',
    'repo:octo-org@id/octo-app@74:x',
    'repo:octo-org@9919/octo-app@id:x',
    'repo:octo-org@9*/octo-app:x',
    'xrepo:octo-org/octo-app:x',
    'environment:prod:repo:octo-org/octo-app:x',
    'repository_id:74',
  ])('%j has none', (subject) => {
    expect(parseSubject(subject)).toBeUndefined();
    expect(isImmutable(subject)).toBe(false);
  });
});

describe('the subject of a token', () => {
  const NAMES: SubjectForm = { keys: ['repo', 'context'], immutable: false };
  const IDS = { ...NAMES, immutable: true };

  test.each<[Claims, string]>([
    [{}, 'ref:refs/heads/main'],
    [{ ref: 'refs/tags/v1' }, 'ref:refs/tags/v1'],
    [{ event_name: 'pull_request' }, 'pull_request'],
    [{ event_name: 'pull_request_target' }, 'ref:refs/heads/main'],
    [{ environment: 'prod', event_name: 'pull_request' }, 'environment:prod'],
    [{ environment: 'a:b:c%' }, 'environment:a%3Ab%3Ac%'],
    [{ environment: '' }, 'ref:refs/heads/main'],
  ])('has the context of %j', (claims, context) => {
    expect(defaultContext({ ...CLAIMS, ...claims })).toBe(context);
    expect(subjectOf({ ...CLAIMS, ...claims }, NAMES)).toBe(`repo:octo-org/octo-app:${context}`);
    expect(subjectOf({ ...CLAIMS, ...claims }, IDS)).toBe(`repo:octo-org@9919/octo-app@74:${context}`);
  });

  test.each<[readonly string[], string]>([
    [['repo'], 'repo:octo-org/octo-app'],
    [['repository_id', 'context'], 'repository_id:74:ref:refs/heads/main'],
    [
      ['repository_owner', 'workflow', 'repo'],
      'repository_owner:octo-org:workflow:a%3Ab:repo:octo-org/octo-app',
    ],
    [['actor'], 'actor:'],
  ])('has the keys %j', (keys, subject) =>
    expect(subjectOf({ ...CLAIMS, workflow: 'a:b' }, { keys, immutable: false })).toBe(subject),
  );

  test.each<[sub: string, claims: Claims, customised: boolean]>([
    ['repo:octo-org/octo-app:ref:refs/heads/main', {}, false],
    ['repo:octo-org@9919/octo-app@74:ref:refs/heads/main', {}, false],
    ['repo:octo-org/octo-app:environment:a%3Ab', { environment: 'a:b' }, false],
    ['repo:octo-org/octo-app:ref:refs/heads/main:actor:a', {}, true],
    ['repo:octo-org/octo-app:ref:refs/heads/main', { environment: 'prod' }, true],
    ['repo:octo-org/other:ref:refs/heads/main', {}, true],
    ['repository_id:74', {}, true],
  ])('%j is customised for %j: %j', (sub, claims, customised) =>
    expect(isCustomised({ ...CLAIMS, sub, ...claims })).toBe(customised),
  );
});

describe('whether a subject names its repository first', () => {
  test.each<[sub: string, claims: Claims, names: boolean]>([
    ['repo:octo-org/octo-app:ref:refs/heads/main', {}, true],
    ['repo:octo-org/octo-app', {}, true],
    ['repo:octo-org@9919/octo-app@74:x', {}, true],
    ['repo:octo-org@9919/octo-app@74:x', { repository_id: 74 }, true],
    ['repo:octo-org@9919/octo-app@74:x', { repository_id: undefined }, true],
    ['repo:octo-org/octo-app:x', { repository_id: undefined }, true],
    ['repo:octo-org@9919/octo-app@75:x', {}, false],
    ['repo:octo-org@9919/octo-app@741:x', {}, false],
    ['repo:octo-org@id/octo-app@74:x', {}, false],
    ['repo:octo-org/octo-app@id:x', {}, false],
    ['repo:octo-org/octo-app@:x', {}, false],
    ['repo:octo-org/octo-app/x:x', {}, false],
    ['repo:x/octo-org/octo-app:x', {}, false],
    ['repo:octo-org/octo-app2:x', {}, false],
    ['repo:octo-org2/octo-app:x', {}, false],
    ['repo:octo-app:x', {}, false],
    ['repo', {}, false],
    ['repo:undefined:x', { repository: 'undefined/undefined' }, false],
    ['repository_id:74', {}, true],
    ['repository_id:74:environment:prod', {}, true],
    ['repository_id:74', { repository_id: 74 }, true],
    ['repository_id:75', {}, false],
    ['repository_id:', { repository_id: undefined }, false],
    ['repository_id', { repository_id: undefined }, false],
    ['environment:octo-org/octo-app', {}, false],
    ['repository:octo-org/octo-app', {}, false],
    ['environment:74', {}, false],
    ['', {}, false],
  ])('%j with %j: %j', (sub, claims, names) =>
    expect(namesRepository({ ...CLAIMS, sub, ...claims })).toBe(names),
  );
});

describe('a condition value for the subject', () => {
  type Parts = Readonly<Record<string, string>>;
  const partsOf = (value: string, hasWildcards: boolean) => {
    const pattern = parseSubjectPattern(value, hasWildcards);
    return pattern && { ...pattern, parts: Object.fromEntries(pattern.parts) };
  };
  const read = (keys: readonly string[], parts: Parts, immutable = false) => ({
    form: { keys, immutable },
    parts,
  });

  test.each<[value: string, keys: readonly string[], parts: Parts]>([
    ['repo:o/r:ref:refs/heads/main', ['repo', 'context'], { repo: 'o/r', ref: 'refs/heads/main' }],
    ['repo:o/r:environment:prod', ['repo', 'context'], { repo: 'o/r', environment: 'prod' }],
    ['repo:o/r:pull_request', ['repo', 'context'], { repo: 'o/r', pull_request: '' }],
    [
      'repo:o/r:pull_request:actor:a',
      ['repo', 'context', 'actor'],
      { repo: 'o/r', pull_request: '', actor: 'a' },
    ],
    ['repo:o/r', ['repo'], { repo: 'o/r' }],
    ['repo:o/r:environment:', ['repo', 'context'], { repo: 'o/r', environment: '' }],
    [
      'actor:a:repo_property_team:b',
      ['actor', 'repo_property_team'],
      { actor: 'a', repo_property_team: 'b' },
    ],
    [
      'repo:o/r:environment::actor:a',
      ['repo', 'context', 'actor'],
      { repo: 'o/r', environment: '', actor: 'a' },
    ],
    ['actor:a:ref', ['actor', 'context'], { actor: 'a', ref: '' }],
    // The value of a claim can be the name of another.
    ['actor:ref:repo:o/r', ['actor', 'repo'], { actor: 'ref', repo: 'o/r' }],
  ])('%j', (value, keys, parts) => {
    expect(partsOf(value, false)).toEqual(read(keys, parts));
    expect(partsOf(value, true)).toEqual(read(keys, parts));
  });

  test.each<[value: string, keys: readonly string[], parts: Parts]>([
    ['*', ['repo', 'context'], {}],
    ['repo:*', ['repo', 'context'], { repo: '*' }],
    ['repo:o/r*', ['repo', 'context'], { repo: 'o/r*' }],
    ['repo:o/r:*', ['repo', 'context'], { repo: 'o/r' }],
    ['repo:o/r:p*', ['repo', 'context'], { repo: 'o/r' }],
    ['repo:o/r:ref:*', ['repo', 'context'], { repo: 'o/r', ref: '*' }],
    ['repo:o/r:actor:a*', ['repo', 'actor', 'context'], { repo: 'o/r', actor: 'a*' }],
    ['*:environment:prod', ['repo', 'context'], { environment: 'prod' }],
    ['*:actor:a', ['repo', 'actor', 'context'], { actor: 'a' }],
    ['actor:a*', ['actor', 'context'], { actor: 'a*' }],
    ['actor:a:*', ['actor', 'context'], { actor: 'a' }],
    ['rep*', ['repo', 'context'], {}],
  ])('%j as a pattern', (value, keys, parts) => {
    expect(partsOf(value, true)).toEqual(read(keys, parts));
  });

  test('with an ID is for the form with IDs', () => {
    const parts = { repo: 'o@1/r@2', ref: 'x' };
    expect(partsOf('repo:o@1/r@2:ref:x', false)).toEqual(read(['repo', 'context'], parts, true));
    expect(partsOf('actor:a@b', false)).toEqual(read(['actor'], { actor: 'a@b' }));
  });

  test.each<[value: string, hasWildcards: boolean]>([
    ['octo-org/octo-app', true],
    ['repo:o/r:main', true],
    ['repo:o/r:ref:refs/heads/main:x', true],
    ['*', false],
    ['repo:o/r:*', false],
    ['repo:o/r:?', true],
    ['x*:main', true],
    ['', true],
  ])('%j belongs to no subject, with wildcards: %j', (value, hasWildcards) =>
    expect(partsOf(value, hasWildcards)).toBeUndefined(),
  );
});
