import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkTrustPolicies } from '../../../src/diagnosis/check-trust-policies.ts';
import type { ActionError } from '../../../src/platform/errors.ts';
import { KEYS, roleIn } from '../plan/plan-of.ts';
import { type Options, runWith } from './context.ts';
import { MAIN, PUSH } from './denials.ts';

const GITHUB = 'token.actions.githubusercontent.com';
const ROLE = { 'role-to-assume': roleIn('1') };
const CHAIN = { ...ROLE, 'role-chain': roleIn('2') };

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(path.join(os.tmpdir(), 'trust-policies-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

function write(file: string, statement: object): void {
  const policy = { Version: '2012-10-17', Statement: statement };
  writeFileSync(path.join(workspace, file), JSON.stringify(policy));
}
const forTokens = (subject: string, operator = 'StringEquals') => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { [`${GITHUB}:aud`]: 'sts.amazonaws.com' },
    [operator === 'StringEquals' ? 'StringEqualsIgnoreCase' : operator]: { [`${GITHUB}:sub`]: subject },
  },
});
const forRole = (arn: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: arn },
  Action: ['sts:AssumeRole', 'sts:TagSession'],
  ...more,
});

async function check(options: Options) {
  const run = await runWith({ claims: PUSH, ...options, env: { GITHUB_WORKSPACE: workspace } });
  const outcome = await checkTrustPolicies(run.context).then(
    (verdicts) => ({ verdicts, error: undefined }),
    (error: ActionError) => ({ verdicts: undefined, error }),
  );
  return { ...run, ...outcome };
}

describe('a trust policy for the token', () => {
  const inputs = { ...ROLE, 'trust-policy': 'trust.json' };

  test('that allows the run is in the log', async () => {
    write('trust.json', forTokens(MAIN));
    const { verdicts, groups, warnings } = await check({ inputs });
    expect(verdicts?.get('session 1')?.decision).toBe('allowed');
    expect(groups).toEqual([
      {
        title: 'Trust policy: trust.json',
        lines: [
          'The file in trust-policy allows sts:AssumeRoleWithWebIdentity for this run',
          '  statement 1 (Allow): applies',
        ],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  test('that allows too much is a warning', async () => {
    write('trust.json', forTokens('repo:octo-org/*', 'StringLike'));
    const { verdicts, warnings } = await check({ inputs });
    expect(verdicts?.get('session 1')?.decision).toBe('allowed');
    expect(warnings[0]).toMatch(
      /^trust\.json, statement 1: every repository of octo-org can assume the role/,
    );
  });

  test('that denies the run is an error with a diagnosis', async () => {
    write('trust.json', forTokens('repo:octo-org/octo-app:ref:refs/heads/dev'));
    const { error, groups } = await check({ inputs });
    expect(error?.code).toBe('TRUST_POLICY_MISMATCH');
    expect(error?.details).toMatchObject({
      problem: `The trust policy in trust.json does not allow this run to assume ${roleIn('1')} (trust-policy).`,
      found: `subject ${MAIN}`,
      expected: 'a statement that allows sts:AssumeRoleWithWebIdentity',
      likely: expect.stringContaining('allows ref:refs/heads/dev'),
    });
    expect(groups.map(({ title }) => title)).toEqual([`Diagnosis: ${roleIn('1')}`]);
    expect(groups[0]?.lines.join('\n')).not.toContain('endpoint:');
  });

  test('without a statement that allows anything has no likely cause', async () => {
    write('trust.json', { ...forTokens('x'), Effect: 'Deny' });
    const { error } = await check({ inputs });
    expect(error?.code).toBe('TRUST_POLICY_MISMATCH');
    expect(error?.details.remedy).toBe('Correct the policy.');
    expect(error?.details).not.toHaveProperty('likely');
  });

  test('has to let the role assume itself with tag-oidc-session', async () => {
    const tagged = { ...inputs, 'tag-oidc-session': 'true' };
    write('trust.json', [forTokens(MAIN), forRole(roleIn('1'))]);
    const { verdicts } = await check({ inputs: tagged });
    expect([...(verdicts ?? [])].map(([id, { decision }]) => [id, decision])).toEqual([
      ['session 1 (without tags)', 'allowed'],
      ['session 1', 'allowed'],
    ]);
    write('trust.json', forTokens(MAIN));
    const { error } = await check({ inputs: tagged });
    expect(error?.details.likely).toMatch(/does not let the role assume itself with session tags/);
  });

  test.each([
    ['missing', undefined, 'no such file'],
    ['not JSON', '{', undefined],
  ])('that is %s is an error', async (_what, text, found) => {
    if (text !== undefined) writeFileSync(path.join(workspace, 'trust.json'), text);
    const { error } = await check({ inputs });
    expect(error).toMatchObject({
      code: 'TRUST_POLICY_UNREADABLE',
      details: {
        problem: 'trust.json is not a valid trust policy (trust-policy).',
        found: found ?? expect.stringMatching(/JSON/),
      },
    });
  });

  test('has its account IDs masked with mask-aws-account-id', async () => {
    write('trust.json', forTokens(MAIN));
    expect((await check({ inputs })).masked).toEqual([]);
    const masking = { ...inputs, 'mask-aws-account-id': 'true' };
    expect((await check({ inputs: masking })).masked).toEqual(['111111111111']);
  });
});

describe('a trust policy for a chained role', () => {
  const inputs = { ...CHAIN, 'trust-policy': 'first.json\nsecond.json' };
  beforeEach(() => write('first.json', forTokens(MAIN)));

  test('is evaluated for the role before it', async () => {
    write('second.json', forRole(roleIn('1')));
    const { verdicts, groups } = await check({ inputs });
    expect([...(verdicts ?? [])].map(([id, { decision }]) => [id, decision])).toEqual([
      ['session 1', 'allowed'],
      ['session 2', 'allowed'],
    ]);
    expect(groups[1]?.title).toBe('Trust policy: second.json');
    expect(groups[1]?.lines[0]).toBe('The file in trust-policy allows sts:AssumeRole for this run');
  });

  test('is denied if one of the actions is', async () => {
    write('second.json', forRole(roleIn('1'), { Action: 'sts:AssumeRole' }));
    const { error } = await check({ inputs });
    expect(error?.details).toMatchObject({
      found: 'a request from the session of session 1',
      expected: 'a statement that allows sts:TagSession',
    });
  });

  test('is undecided if one of the actions is', async () => {
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
    write('second.json', [
      forRole(roleIn('1'), { Action: 'sts:AssumeRole' }),
      forRole(roleIn('1'), { Action: 'sts:TagSession', Condition }),
    ]);
    const { verdicts } = await check({ inputs });
    expect(verdicts?.get('session 2')).toMatchObject({
      decision: 'undecided',
      question: { action: 'sts:TagSession' },
    });
  });

  test('that another caller is in denies the run', async () => {
    write('second.json', forRole(roleIn('3')));
    const { error, groups } = await check({ inputs });
    expect(error?.details.likely).toBe(`the trust policy of ${roleIn('2')} does not name ${roleIn('1')}`);
    expect(groups.at(-1)?.lines).toContain(`  caller:           ${roleIn('1')}`);
  });
});

test('keys do not tell whose they are, so that their request is not evaluated', async () => {
  write('trust.json', forRole(roleIn('1')));
  const { context, groups, warnings } = await runWith({
    inputs: { ...KEYS, ...ROLE },
    env: { GITHUB_WORKSPACE: workspace },
  });
  const config = { ...context.config, trustPolicies: ['trust.json'] };
  expect(await checkTrustPolicies({ ...context, config })).toEqual(new Map());
  expect(groups).toEqual([]);
  expect(warnings).toEqual([]);
});

test('a role without a file is not evaluated', async () => {
  write('first.json', forTokens(MAIN));
  const { verdicts } = await check({ inputs: { ...CHAIN, 'trust-policy': 'first.json' } });
  expect([...(verdicts?.keys() ?? [])]).toEqual(['session 1']);
});

test('more files than roles end with the last role', async () => {
  write('first.json', forTokens(MAIN));
  const { context } = await runWith({ inputs: ROLE, claims: PUSH, env: { GITHUB_WORKSPACE: workspace } });
  const config = { ...context.config, trustPolicies: ['first.json', 'missing.json'] };
  expect([...(await checkTrustPolicies({ ...context, config })).keys()]).toEqual(['session 1']);
});

test('an empty GITHUB_WORKSPACE is not the workspace', async () => {
  const { context } = await runWith({ inputs: { ...ROLE, 'trust-policy': 'package.json' }, claims: PUSH });
  await expect(checkTrustPolicies(context)).rejects.toMatchObject({
    code: 'TRUST_POLICY_UNREADABLE',
    details: { found: expect.not.stringContaining('no such file') },
  });
});
