import { policyOf } from '../statement.ts';
import type { ProviderSetup, RoleSetup } from './role-setup.ts';

/** An expression that is not a value: the ARN of the identity provider. */
const PROVIDER_ARN = { expression: 'aws_iam_openid_connect_provider.github.arn' };

/** Terraform resources: an identity provider and roles that trust it. */
export function terraformResources({ issuer, audience }: ProviderSetup, roles: readonly RoleSetup[]): string {
  const provider = block('aws_iam_openid_connect_provider', 'github', {
    url: issuer,
    client_id_list: [audience],
  });
  return [provider, ...roles.flatMap(resourcesOf)].join('\n');
}

function resourcesOf({ role, statements, maxSessionSeconds, permissions }: RoleSetup): string[] {
  const id = role.name.replaceAll(/[^\w-]/g, '_').replace(/^(?=[\d-])/, '_');
  const policy = policyOf(...statements);
  const trust = {
    ...policy,
    Statement: policy.Statement.map((one) => ({ ...one, Principal: { Federated: PROVIDER_ARN } })),
  };
  const settings = {
    name: role.name,
    ...(role.path !== '/' && { path: role.path }),
    max_session_duration: maxSessionSeconds,
  };
  const resource = block('aws_iam_role', id, settings, [
    `  assume_role_policy = jsonencode(${hcl(trust, '  ')})`,
  ]);
  if (permissions === undefined) return [resource];
  return [
    resource,
    [
      `resource "aws_iam_role_policy_attachment" "${id}" {`,
      `  role       = aws_iam_role.${id}.name`,
      `  policy_arn = ${text(permissions)}`,
      '}\n',
    ].join('\n'),
  ];
}

function block(type: string, id: string, settings: object, more: readonly string[] = []): string {
  return [`resource "${type}" "${id}" {`, ...attributes(settings, '  '), ...more, '}\n'].join('\n');
}

/** A value as an HCL expression, as `terraform fmt` formats it. */
function hcl(value: unknown, indent: string): string {
  const deeper = `${indent}  `;
  if (value === PROVIDER_ARN) return PROVIDER_ARN.expression;
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value)) return `{\n${attributes(value, deeper).join('\n')}\n${indent}}`;
  const isShort = value.every((item) => typeof item === 'string');
  if (isShort) return `[${value.map((item) => hcl(item, indent)).join(', ')}]`;
  return `[\n${value.map((item) => `${deeper}${hcl(item, deeper)}`).join(',\n')}\n${indent}]`;
}

/** Attributes, of which neighbours on one line each have their values in one column. */
function attributes(value: object, indent: string): string[] {
  const entries = Object.entries(value).map(([key, item]) => ({
    key: /^[A-Za-z_][\w-]*$/.test(key) ? key : text(key),
    code: hcl(item, indent),
  }));
  const isShort = entries.map(({ code }) => !code.includes('\n'));
  return entries.map(({ key, code }, index) => {
    const start = isShort.lastIndexOf(false, index) + 1;
    const end = isShort.indexOf(false, index);
    const neighbours = entries.slice(start, end === -1 ? undefined : end);
    const width = isShort[index] ? Math.max(...neighbours.map((one) => one.key.length)) : 0;
    return `${indent}${key.padEnd(width)} = ${code}`;
  });
}

/** A string literal. `${` and `%{` begin templates in HCL, which has no escapes `\b` and `\f`. */
function text(value: string): string {
  return JSON.stringify(value)
    .replaceAll(/[$%]\{/g, (start) => `${start.charAt(0)}${start}`)
    .replaceAll(/\\([bf])/g, (_all, letter) => (letter === 'b' ? '\\u0008' : '\\u000c'));
}
