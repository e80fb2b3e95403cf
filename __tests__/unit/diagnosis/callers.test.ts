import { describe, expect, test } from '@jest/globals';
import { callerInPlan, callerOf, presentedClaims } from '../../../src/diagnosis/callers.ts';
import type { PlanNode } from '../../../src/plan/plan.ts';
import { KEYS, planOf, roleIn } from '../plan/plan-of.ts';
import { runWith } from './context.ts';
import { PUSH } from './denials.ts';

const CHAIN = { 'role-to-assume': roleIn('1', 'team/hub'), 'role-chain': roleIn('2') };
const MFA = { 'mfa-serial': 'arn:aws:iam::111111111111:mfa/ci', 'mfa-code': '123456' };

function nodeAt(nodes: readonly PlanNode[], index: number): PlanNode {
  const node = nodes[index];
  if (node === undefined) throw new Error('the plan is shorter');
  return node;
}

describe('the caller of a signed request', () => {
  test('is the role of its source', async () => {
    const { context } = await runWith({ inputs: CHAIN, claims: PUSH });
    expect(await callerOf(nodeAt(context.plan.nodes, 1), context)).toEqual({
      arn: roleIn('1', 'team/hub'),
      accountId: '111111111111',
      kind: 'role',
      sessionName: 'octo-org.octo-app-42',
      usedMfa: false,
    });
  });

  test.each([
    [
      'a role',
      'arn:aws-cn:sts::333333333333:assumed-role/deploy/x',
      { arn: 'arn:aws-cn:iam::333333333333:role/deploy', accountId: '333333333333', kind: 'role' },
    ],
    [
      'a user',
      'arn:aws:iam::333333333333:user/ci',
      { arn: 'arn:aws:iam::333333333333:user/ci', accountId: '333333333333', kind: 'user' },
    ],
  ])('is the owner of the access keys: %s', async (_what, arn, caller) => {
    const owner = { arn, accountId: '333333333333' };
    const { context } = await runWith({ inputs: { ...KEYS, ...CHAIN }, owner });
    expect(await callerOf(nodeAt(context.plan.nodes, 0), context)).toEqual(caller);
  });

  test('is unknown if STS does not say whose the keys are', async () => {
    const { context } = await runWith({ inputs: { ...KEYS, ...CHAIN }, owner: new Error('denied') });
    expect(await callerOf(nodeAt(context.plan.nodes, 0), context)).toBeUndefined();
  });

  test('is not there for a token', async () => {
    const { context } = await runWith({ inputs: CHAIN, claims: PUSH, owner: { arn: 'x', accountId: 'y' } });
    expect(await callerOf(nodeAt(context.plan.nodes, 0), context)).toBeUndefined();
  });
});

describe('the caller in a plan', () => {
  test('has used MFA if its session was obtained with it', async () => {
    const plan = await planOf({ ...KEYS, ...CHAIN, ...MFA });
    expect(callerInPlan('session 1', plan)?.usedMfa).toBe(true);
    expect(callerInPlan('session 2', plan)?.usedMfa).toBe(false);
  });

  test('by SAML has a session name that the assertion decides', async () => {
    const inputs = {
      'saml-assertion': 'c2FtbA==',
      'saml-provider-arn': 'arn:aws:iam::111111111111:saml-provider/corp',
      ...CHAIN,
    };
    expect(callerInPlan('session 1', await planOf(inputs))).toMatchObject({ sessionName: undefined });
  });

  test('is not there for a node without a role, or an unknown one', async () => {
    expect(callerInPlan('session 1', await planOf(KEYS))).toBeUndefined();
    expect(callerInPlan('session 9', await planOf(CHAIN))).toBeUndefined();
  });
});

describe('the claims that a request presented', () => {
  test('are those of the token', async () => {
    const { context } = await runWith({ inputs: CHAIN, claims: PUSH });
    expect(presentedClaims(nodeAt(context.plan.nodes, 0), context)).toEqual(PUSH);
    expect(presentedClaims(nodeAt(context.plan.nodes, 1), context)).toBeUndefined();
  });

  test('are not there for access keys', async () => {
    const { context } = await runWith({ inputs: { ...KEYS, ...CHAIN } });
    expect(presentedClaims(nodeAt(context.plan.nodes, 0), context)).toBeUndefined();
    const byToken = await planOf(CHAIN);
    expect(presentedClaims(nodeAt(byToken.nodes, 0), context)).toBeUndefined();
  });
});
