import { describe, expect, test } from '@jest/globals';
import type { Denial } from '../../../src/diagnosis/causes/denial.ts';
import {
  type Diagnosis,
  describeDiagnosis,
  describeVerdict,
} from '../../../src/diagnosis/describe-diagnosis.ts';
import { describeClaims } from '../../../src/diagnosis/presented-claims.ts';
import { statementForRun } from '../../../src/diagnosis/statement-for-run.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { evaluateTrust, type Verdict } from '../../../src/trust/evaluate.ts';
import { questionOfToken } from '../../../src/trust/questions.ts';
import { deniedCaller, deniedToken, HUB, MAIN, PUSH, ROLE } from './denials.ts';

const lines = (denial: Denial, more: Partial<Diagnosis> = {}) =>
  describeDiagnosis({
    denial,
    causes: [
      { id: 'subject', why: 'the first cause', check: 'Do one thing.' },
      { id: 'branch', why: 'the second cause', check: 'Do another.' },
    ],
    statement: undefined,
    remarks: ['A remark'],
    region: 'eu-west-1',
    endpoint: 'https://sts.test/',
    link: undefined,
    ...more,
  });

const CAUSES = [
  'Likely causes, most likely first',
  '  1. the first cause [subject]',
  '     Do one thing.',
  '  2. the second cause [branch]',
  '     Do another.',
];
const REQUESTED = [
  `    role:             ${ROLE}`,
  '    account:          111111111111',
  '    region:           eu-west-1',
  '    endpoint:         https://sts.test/',
].map((line) => line.slice(2));

function verdictOn(statement: object): Verdict {
  const policy = parseTrustPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }));
  if ('unreadable' in policy) throw new Error(policy.unreadable);
  const { request } = deniedToken();
  return evaluateTrust(policy, questionOfToken(request, PUSH));
}
const forTokens = (Condition: object) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
});

describe('the diagnosis', () => {
  test('of a token', () => {
    expect(lines(deniedToken())).toEqual([
      'Requested',
      '  operation:        AssumeRoleWithWebIdentity',
      ...REQUESTED,
      'Presented',
      ...describeClaims(PUSH).map((line) => `  ${line}`),
      ...CAUSES,
      'A remark',
    ]);
  });

  test('of a signed request shows no external ID', () => {
    const tags = [
      { key: 'Team', value: 'x', optional: false },
      { key: 'Stage', value: 'y', optional: false },
    ];
    const mfa = { serial: 'x', code: { kind: 'code', code: '123456' } } as const;
    const denial = deniedCaller({ externalId: 'between-us', tags, mfa, sourceIdentity: 'me' });
    expect(lines(denial, { endpoint: undefined, remarks: [] })).toEqual([
      'Requested',
      '  operation:        AssumeRole',
      ...REQUESTED.slice(0, 3),
      'Presented',
      `  caller:           ${HUB}`,
      '  session name:     test',
      '  external ID:      10 characters',
      '  session tags:     Team=x, Stage=y',
      '  source identity:  me',
      '  MFA:              yes',
      ...CAUSES,
    ]);
  });

  test('of a signed request without options', () => {
    const shown = lines(deniedCaller({}, { caller: undefined }));
    expect(shown.slice(shown.indexOf('Presented') + 1, shown.indexOf(CAUSES[0] ?? ''))).toEqual([
      '  caller:           (unknown)',
      '  session name:     test',
      '  external ID:      (none)',
      '  session tags:     (none)',
      '  source identity:  (none)',
      '  MFA:              no',
    ]);
  });

  test('of an assertion has the caller alone', () => {
    const shown = lines({ ...deniedToken(), claims: undefined });
    expect(shown.slice(shown.indexOf('Presented') + 1, shown.indexOf(CAUSES[0] ?? ''))).toEqual([
      '  caller:           (unknown)',
    ]);
  });

  test('has a link for a run with a statement', () => {
    const denial = deniedToken();
    const LINK = 'This job on a page that checks trust policies: https://page.test/#x';
    const link = 'https://page.test/#x';
    expect(lines(denial, { link, statement: statementForRun(denial) }).slice(-2)).toEqual([LINK, 'A remark']);
    expect(lines(denial, { link })).not.toContain(LINK);
  });

  test('has the statement for the run', () => {
    const denial = deniedCaller();
    const shown = lines(denial, { statement: statementForRun(denial), remarks: [] });
    expect(shown.slice(shown.indexOf('A trust policy statement for exactly this run'))).toEqual([
      'A trust policy statement for exactly this run',
      '  {',
      '    "Effect": "Allow",',
      '    "Principal": {',
      `      "AWS": "${HUB}"`,
      '    },',
      '    "Action": "sts:AssumeRole"',
      '  }',
    ]);
    const token = deniedToken();
    expect(lines(token, { statement: statementForRun(token), remarks: [] }).at(-1)).toBe('  }');
    const secret = deniedCaller({ externalId: 'between-us' });
    expect(lines(secret, { statement: statementForRun(secret), remarks: [] }).at(-1)).toMatch(
      /^Replace EXTERNAL-ID /,
    );
  });

  test('has the command that creates a missing provider', () => {
    const code = 'STS_PROVIDER_NOT_FOUND';
    expect(lines(deniedToken({}, { code }), { remarks: [] }).slice(-2)).toEqual([
      'To create a missing identity provider',
      '  aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com --client-id-list sts.amazonaws.com',
    ]);
    expect(lines({ ...deniedToken({}, { code }), claims: undefined }).at(-2)).toBe('     Do another.');
  });

  test('has the verdict of a trust policy before the causes', () => {
    const verdict = verdictOn(forTokens({}));
    const shown = lines(deniedToken({}, { verdict }));
    expect(shown.slice(shown.indexOf(CAUSES[0] ?? '') - 2, shown.indexOf(CAUSES[0] ?? ''))).toEqual(
      describeVerdict(verdict),
    );
  });
});

describe('a verdict', () => {
  const SUB = 'token.actions.githubusercontent.com:sub';

  test('that allows the run', () => {
    expect(
      describeVerdict(verdictOn({ Sid: 'Main', ...forTokens({ StringEquals: { [SUB]: MAIN } }) })),
    ).toEqual([
      'The file in trust-policy allows sts:AssumeRoleWithWebIdentity for this run',
      '  Main (Allow): applies',
    ]);
  });

  test('that denies it, with what does not match', () => {
    expect(describeVerdict(verdictOn(forTokens({ StringEquals: { [SUB]: 'x' } })))).toEqual([
      'The file in trust-policy does not allow sts:AssumeRoleWithWebIdentity for this run',
      '  statement 1 (Allow): does not apply',
      `    StringEquals ${SUB}: wanted x; found ${MAIN}`,
    ]);
  });

  test('that only AWS can complete', () => {
    expect(describeVerdict(verdictOn(forTokens({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })))).toEqual([
      'The file in trust-policy may allow sts:AssumeRoleWithWebIdentity for this run',
      '  statement 1 (Allow): undecided',
      '    IpAddress aws:SourceIp: not evaluated, only AWS knows the value',
    ]);
  });
});

test('the claims that decide about trust, with those that a token lacks', () => {
  expect(describeClaims({ ...PUSH, environment: 'production', repository_id: 74 })).toEqual([
    `subject:          ${MAIN}`,
    'audience:         sts.amazonaws.com',
    'issuer:           https://token.actions.githubusercontent.com',
    'repository:       octo-org/octo-app',
    'repository ID:    74',
    'ref:              refs/heads/main',
    'environment:      production',
    'event:            push',
    'job_workflow_ref: (none)',
  ]);
});
