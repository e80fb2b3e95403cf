import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { renderSetup } from '../../../scripts/docs.ts';
import { EXAMPLE } from '../../../scripts/setup-docs.ts';
import { policyOf, webIdentityStatement } from '../../../src/trust/statement.ts';
import { trustPolicyOfSetup } from '../../support/documentation.ts';
import { jsonEncodedIn } from '../../support/hcl.ts';

const page = readFileSync('docs/setup.md', 'utf8');
/** What is between the fences of a generated block. */
const block = (name: string) =>
  page
    .split(`<!-- ${name}:start -->\n`)[1]
    ?.split(`<!-- ${name}:end -->`)[0]
    ?.replaceAll(/^```\w*\n?/gm, '') ?? '';
const statement = webIdentityStatement(EXAMPLE);
const POLICY = policyOf(statement);

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
    expect({ ClientIdList, Url }).toEqual({ ClientIdList: [EXAMPLE.audience], Url: EXAMPLE.issuer });
    const policy = Resources.DeployRole.Properties.AssumeRolePolicyDocument;
    expect(policy.Statement[0].Principal).toEqual({ Federated: { Ref: 'GitHubProvider' } });
    policy.Statement[0].Principal = statement.Principal;
    expect(policy).toEqual(POLICY);
  });

  test('Terraform', () => {
    const policy = JSON.stringify(jsonEncodedIn(block('terraform')));
    const arn = statement.Principal.Federated ?? '';
    expect(JSON.parse(policy.replace('aws_iam_openid_connect_provider.github.arn', arn))).toEqual(POLICY);
  });
});
