import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createProviderCommand, createRoleCommands } from '../../../src/trust/render/aws-cli.ts';
import { cloudFormationTemplate } from '../../../src/trust/render/cloudformation.ts';
import type { RoleSetup } from '../../../src/trust/render/role-setup.ts';
import { terraformResources } from '../../../src/trust/render/terraform.ts';
import { yamlOf } from '../../../src/trust/render/yaml.ts';
import { policyOf, webIdentityStatement } from '../../../src/trust/statement.ts';
import { jsonEncodedIn } from '../../support/hcl.ts';
import { times } from '../../support/soak.ts';

const PROVIDER = { issuer: 'https://token.actions.githubusercontent.com', audience: 'sts.amazonaws.com' };
/** Texts that shells, YAML and HCL read as syntax. */
const HOSTILE = [
  "it's; touch pwned",
  '$(touch pwned)',
  '`touch pwned`',
  '"${path.module}" %{ if true }',
  "EOF'\nEOF\ntouch pwned",
  '- a: [b] # c',
  'tab\there \b\f \\',
];

function roleSetup(subject: string, more: Partial<RoleSetup> = {}): RoleSetup {
  const trust = { partition: 'aws', accountId: '111111111111', ...PROVIDER, subject };
  return {
    role: { path: '/', name: 'deploy' },
    statements: [webIdentityStatement(trust)],
    maxSessionSeconds: 3600,
    ...more,
  };
}

describe('AWS CLI', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aws-cli-'));
    const aws = String.raw`#!/bin/sh
printf '%s\0' "$@"
printf '\0'
`;
    writeFileSync(path.join(folder, 'aws'), aws, { mode: 0o755 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The arguments of each `aws` command. */
  const run = (script: string): string[][] =>
    execFileSync('bash', ['--norc', '-ec', script], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}` },
      encoding: 'utf8',
    })
      .split('\0\0')
      .slice(0, -1)
      .map((args) => args.split('\0'));

  const onPosix = process.platform === 'win32' ? test.skip : test;

  onPosix('creates a role with a path, a file for its trust policy, and its permissions', () => {
    const role = { path: '/teams/payments/', name: 'read-only' };
    const setup = roleSetup('repo:o/r:pull_request', {
      role,
      permissions: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    });
    expect(run(createRoleCommands(setup))).toEqual([
      [
        ...['iam', 'create-role', '--role-name', 'read-only', '--path', '/teams/payments/'],
        ...['--assume-role-policy-document', 'file://read-only-trust.json', '--max-session-duration', '3600'],
      ],
      [
        ...['iam', 'attach-role-policy', '--role-name', 'read-only'],
        ...['--policy-arn', 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
      ],
    ]);
    const file = readFileSync(path.join(folder, 'read-only-trust.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(policyOf(...setup.statements));
  });

  onPosix.each(HOSTILE)('passes on %j, and runs nothing', (text) => {
    expect(run(createProviderCommand({ issuer: text, audience: text }))).toEqual([
      ['iam', 'create-open-id-connect-provider', '--url', text, '--client-id-list', text],
    ]);
    const setup = roleSetup(text, { permissions: text });
    expect(run(createRoleCommands(setup))[1]?.at(-1)).toBe(text);
    const file = readFileSync(path.join(folder, 'deploy-trust.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(policyOf(...setup.statements));
    const role = { path: '/', name: text.replaceAll('/', '') };
    expect(run(createRoleCommands({ ...setup, role }))[0]?.[3]).toBe(role.name);
    expect(existsSync(path.join(folder, 'pwned'))).toBe(false);
  });
});

describe('CloudFormation', () => {
  test.each(HOSTILE)('a template keeps %j', (subject) => {
    const setup = roleSetup(subject, { role: { path: '/teams/', name: 'read-only' } });
    const { Resources } = parse(cloudFormationTemplate(PROVIDER, [setup]), { version: '1.1' });
    expect(Object.keys(Resources)).toEqual(['GitHubProvider', 'ReadOnlyRole']);
    const { AssumeRolePolicyDocument, Path } = Resources.ReadOnlyRole.Properties;
    const [statement] = setup.statements;
    expect(Path).toBe('/teams/');
    expect(AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ ...statement, Principal: { Federated: { Ref: 'GitHubProvider' } } }],
    });
  });

  test('both versions of YAML read what is written', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          'yes',
          'No',
          'null',
          '1',
          '2012-10-17',
          '',
          ' a',
          'a: b',
          'a #b',
          'a:',
          '~',
          '1e3',
          '0x1',
        ),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(fc.array(value), (written) => {
        for (const version of ['1.1', '1.2'] as const)
          expect(parse(yamlOf({ written }), { version, merge: false })).toEqual({ written });
      }),
      { numRuns: times(20, 200) },
    );
  });
});

describe('Terraform', () => {
  test.each(HOSTILE)('a role keeps %j, and has no template', (subject) => {
    const setup = roleSetup(subject);
    const resources = terraformResources(PROVIDER, [setup]);
    const [statement] = setup.statements;
    expect(jsonEncodedIn(resources)).toMatchObject({
      Statement: [{ ...statement, Principal: { Federated: 'aws_iam_openid_connect_provider.github.arn' } }],
    });
    expect(resources.replaceAll(/[$%]{2}\{/g, '')).not.toMatch(/[$%]\{/);
  });

  test('is formatted as terraform fmt formats it', () => {
    const permissions = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const roles = [
      roleSetup('repo:o/r:pull_request', { permissions, role: { path: '/teams/', name: '1+read.only' } }),
      roleSetup('repo:o/r:environment:production'),
    ];
    const resources = terraformResources(PROVIDER, roles);
    expect(resources).toMatch(/^resource "aws_iam_role" "_1_read_only" \{\n {2}name {17}= "1\+read\.only"$/m);
    const { status, stdout, error } = spawnSync('terraform', ['fmt', '-'], {
      input: resources,
      encoding: 'utf8',
    });
    // Not every machine has Terraform.
    if (error === undefined) expect({ status, stdout }).toEqual({ status: 0, stdout: resources });
  });
});
