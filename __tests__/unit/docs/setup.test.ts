import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderSetup } from '../../../scripts/docs.ts';
import { DEPLOY } from '../../../scripts/setup-docs.ts';
import { parseTrustPolicy } from '../../../src/trust/document.ts';
import { claimsOf, EXAMPLE_SETUP } from '../../../src/trust/job-setup.ts';
import { risksOf } from '../../../src/trust/risks.ts';
import { policyOf } from '../../../src/trust/statement.ts';
import { trustPolicyOfSetup } from '../../support/documentation.ts';
import { jsonEncodedIn } from '../../support/hcl.ts';

const page = readFileSync('docs/setup.md', 'utf8');
/** The text between the fences of a generated block. */
const block = (name: string) =>
  page
    .split(`<!-- ${name}:start -->\n`)[1]
    ?.split(`<!-- ${name}:end -->`)[0]
    ?.replaceAll(/^```\w*\n?/gm, '') ?? '';
const POLICY = policyOf(...DEPLOY.statements);
const PROVIDER_ARN = POLICY.Statement[0]?.Principal.Federated ?? '';

test('docs/setup.md is what the statement of a diagnosis makes it', async () => {
  expect(page).toBe(await renderSetup());
});

describe('the same policy in every notation', () => {
  test('AWS CLI', () => {
    expect(JSON.parse(trustPolicyOfSetup())).toEqual(POLICY);
  });

  test('CloudFormation', () => {
    const { Resources } = parse(block('cloudformation'));
    const { ClientIdList, Url } = Resources.GitHubProvider.Properties;
    expect({ ClientIdList, Url }).toEqual({
      ClientIdList: [EXAMPLE_SETUP.audience],
      Url: EXAMPLE_SETUP.issuer,
    });
    const policy = Resources.DeployRole.Properties.AssumeRolePolicyDocument;
    expect(policy.Statement[0].Principal).toEqual({ Federated: { Ref: 'GitHubProvider' } });
    policy.Statement[0].Principal = { Federated: PROVIDER_ARN };
    expect(policy).toEqual(POLICY);
  });

  test('Terraform', () => {
    const policy = JSON.stringify(jsonEncodedIn(block('terraform')));
    const reference = 'aws_iam_openid_connect_provider.github.arn';
    expect(JSON.parse(policy.replace(reference, PROVIDER_ARN))).toEqual(POLICY);
  });
});

test('the first subject of the page is immutable, and a table has both forms', () => {
  const [first] = page.match(/repo:octo[^"\s`]+/) ?? [];
  expect(first).toMatch(/^repo:octo-org@123456\/octo-app@456789/);
  const { sub } = claimsOf({ ...EXAMPLE_SETUP, format: 'names' });
  expect(block('subjects')).toContain(`| \`${claimsOf(EXAMPLE_SETUP).sub}\` | \`${sub}\` |`);
});

test('the policies of the page have only the risks that their sections are about', () => {
  const policies = [...page.matchAll(/<<'EOF'\n([\s\S]*?)\nEOF/g)].map(([, json = '']) =>
    parseTrustPolicy(json),
  );
  const risks = policies.map((policy) =>
    'unreadable' in policy ? policy.unreadable : risksOf(policy, undefined).map(({ problem }) => problem),
  );
  expect(risks).toEqual([
    [],
    ['pull requests can assume the role'],
    [],
    // The repositories that call the workflow are those that it is for.
    [],
  ]);
});

test('Terraform has its own format', () => {
  const blocks = [...page.matchAll(/^```hcl\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);
  expect(blocks).toHaveLength(2);
  for (const input of blocks) {
    const { error, stdout } = spawnSync('terraform', ['fmt', '-'], { input, encoding: 'utf8' });
    // Not every machine has Terraform.
    if (error === undefined) expect(stdout).toBe(input);
  }
});
