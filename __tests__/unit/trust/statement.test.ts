import { describe, expect, test } from '@jest/globals';
import type { Claims } from '../../../src/identity/claims.ts';
import {
  assumeRoleStatement,
  policyOf,
  providerArn,
  providerOf,
  webIdentityStatement,
} from '../../../src/trust/statement.ts';
import { calledWorkflow, statementForToken } from '../../../src/trust/statement-for-token.ts';

const G = 'token.actions.githubusercontent.com';
const ACCOUNT = { partition: 'aws-us-gov', accountId: '111111111111' };
const WORKFLOW = 'octo-org/octo-app/.github/workflows/deploy.yml@refs/heads/main';
const CALLED = 'octo-org/shared/.github/workflows/deploy.yml@refs/tags/v2';
const TOKEN: Claims = {
  iss: `https://${G}`,
  aud: 'sts.amazonaws.com',
  sub: 'repo:octo-org/octo-app:ref:refs/heads/main',
  repository: 'octo-org/octo-app',
  repository_id: '74',
  workflow_ref: WORKFLOW,
  job_workflow_ref: WORKFLOW,
};

test.each([
  [`https://${G}`, G],
  [`https://${G}/octo/`, `${G}/octo`],
  ['https://ghes.example/_services/token', 'ghes.example/_services/token'],
  ['http://https://x', 'http://https://x'],
])('the provider of %s is %s', (issuer, provider) => {
  expect(providerOf(issuer)).toBe(provider);
  expect(providerArn({ ...ACCOUNT, issuer })).toBe(
    `arn:aws-us-gov:iam::111111111111:oidc-provider/${provider}`,
  );
});

describe('the statement for a subject', () => {
  const TRUST = { ...ACCOUNT, issuer: 'https://oidc.example', audience: 'a', subject: 's' };
  const conditionsOf = (more: object) => webIdentityStatement({ ...TRUST, ...more }).Condition?.StringEquals;

  test('names provider, audience and subject', () =>
    expect(webIdentityStatement(TRUST)).toEqual({
      Effect: 'Allow',
      Principal: { Federated: 'arn:aws-us-gov:iam::111111111111:oidc-provider/oidc.example' },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'oidc.example:aud': 'a', 'oidc.example:sub': 's' } },
    }));

  test('names the repository and the called workflow on request', () =>
    expect(conditionsOf({ repositoryId: '74', jobWorkflowRef: CALLED })).toEqual({
      'oidc.example:aud': 'a',
      'oidc.example:sub': 's',
      'oidc.example:repository_id': '74',
      'oidc.example:job_workflow_ref': CALLED,
    }));

  test('has no variables', () =>
    expect(conditionsOf({ audience: '${a}', subject: '$a ${b} ${*}', jobWorkflowRef: '${c}' })).toEqual({
      'oidc.example:aud': '${$}{a}',
      'oidc.example:sub': '$a ${$}{b} ${$}{*}',
      'oidc.example:job_workflow_ref': '${$}{c}',
    }));
});

describe('the statement for a caller', () => {
  const CALLER = { caller: 'arn:aws:iam::1:role/hub', hasExternalId: false };

  test.each([
    [['sts:AssumeRole'], 'sts:AssumeRole'],
    [
      ['sts:AssumeRole', 'sts:TagSession'],
      ['sts:AssumeRole', 'sts:TagSession'],
    ],
  ])('allows %j', (actions, Action) =>
    expect(assumeRoleStatement({ ...CALLER, actions })).toEqual({
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::1:role/hub' },
      Action,
    }),
  );

  test('has a place for the external ID', () =>
    expect(assumeRoleStatement({ ...CALLER, actions: ['a'], hasExternalId: true }).Condition).toEqual({
      StringEquals: { 'sts:ExternalId': 'EXTERNAL-ID' },
    }));

  test('makes a policy with others', () => {
    const statement = assumeRoleStatement({ ...CALLER, actions: ['a'] });
    expect(policyOf(statement, statement)).toEqual({
      Version: '2012-10-17',
      Statement: [statement, statement],
    });
  });
});

describe('the statement for a token', () => {
  const conditionsOf = (claims: Claims = {}) => {
    const conditions = statementForToken({ ...TOKEN, ...claims }, ACCOUNT).Condition?.StringEquals ?? {};
    return Object.fromEntries(Object.entries(conditions).map(([key, value]) => [key.split(':')[1], value]));
  };
  const SUBJECT = { aud: 'sts.amazonaws.com', sub: TOKEN.sub };

  test.each<[string, Claims, object]>([
    ['its subject', {}, SUBJECT],
    ['its first audience', { aud: ['a', 'b'] }, { ...SUBJECT, aud: 'a' }],
    ['no audience', { aud: [] }, { ...SUBJECT, aud: '' }],
    ['a missing audience', { aud: undefined }, { ...SUBJECT, aud: '' }],
    ['the called workflow', { job_workflow_ref: CALLED }, { ...SUBJECT, job_workflow_ref: CALLED }],
    ['no called workflow', { job_workflow_ref: undefined }, SUBJECT],
    ['the repository', { sub: 'environment:x' }, { ...SUBJECT, sub: 'environment:x', repository_id: '74' }],
    [
      'the repository by a number',
      { sub: 'environment:x', repository_id: 74 },
      { ...SUBJECT, sub: 'environment:x', repository_id: '74' },
    ],
    ['no repository', { sub: 'environment:x', repository_id: null }, { ...SUBJECT, sub: 'environment:x' }],
  ])('names %s', (_name, claims, conditions) => expect(conditionsOf(claims)).toEqual(conditions));

  test.each<[Claims, string | undefined]>([
    [{}, undefined],
    [{ job_workflow_ref: CALLED }, CALLED],
    [{ job_workflow_ref: CALLED, workflow_ref: undefined }, CALLED],
    [{ job_workflow_ref: '' }, undefined],
    [{ job_workflow_ref: undefined, workflow_ref: undefined }, undefined],
  ])('is for a called workflow with %j: %s', (claims, workflow) =>
    expect(calledWorkflow({ ...TOKEN, ...claims })).toBe(workflow),
  );
});
