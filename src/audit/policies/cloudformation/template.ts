import type { Gap } from '../../model/types.ts';
import { ANYTHING, exactly, sequence } from '../../texts/language.ts';
import { unknown, type Value } from '../../texts/value.ts';
import type { YamlEntry, YamlNode } from '../../yaml/read-yaml.ts';
import { entriesOf, textOf, valueAt } from '../../yaml/yaml-node.ts';
import { type RoleResult, type RolesOfFile, rolesOf } from '../roles/role.ts';
import { roleOf } from '../roles/role-of.ts';
import { Resolver } from './resolver.ts';

/** The roles of a CloudFormation template, with its functions resolved as far as the template alone says their values. */
export function rolesOfTemplate(root: YamlNode, file: string): RolesOfFile {
  const resolver = new Resolver(root);
  const results = entriesOf(valueAt(root, 'Resources')).flatMap((entry): RoleResult[] => {
    const type = textOf(valueAt(entry.value, 'Type'));
    if (type === 'AWS::IAM::Role') return [roleOfResource(entry, resolver, file)];
    const gap = gapOf(entry, type);
    return gap === undefined ? [] : [{ gap: { file, line: entry.line, what: gap } }];
  });
  return rolesOf(results);
}

/** What can bring roles that the template does not show. */
function gapOf({ key }: YamlEntry, type: string | undefined): string | undefined {
  if (key.startsWith('Fn::')) return `${key} makes resources when the template is deployed`;
  if (type === 'AWS::CloudFormation::Stack')
    return `${key} has a template of its own, which is not read here`;
  if (type === 'AWS::CloudFormation::StackSet')
    return `${key} has a template of its own, which is not read here`;
  return undefined;
}

function roleOfResource({ key, line, value }: YamlEntry, resolver: Resolver, file: string): RoleResult {
  const properties = valueAt(value, 'Properties');
  const document = valueAt(properties, 'AssumeRolePolicyDocument');
  const policy = document === undefined ? undefined : resolver.resolve(document);
  if (policy === undefined)
    return { invalid: { file, line, what: `the trust policy of ${key} is not valid: it is missing` } };
  const text = textOf(policy);
  const { unknowns } = resolver;
  if (text !== undefined && unknowns.valueOf(text).kind !== 'known' && !text.trimStart().startsWith('{')) {
    const gap: Gap = { file, line, what: `the trust policy of ${key} is unknown: ${unknowns.shown(text)}` };
    return { gap };
  }
  const path = valueAt(properties, 'Path');
  const facts = {
    accountId: undefined,
    partition: undefined,
    path: unknowns.valueOf(path === undefined ? '/' : (resolver.text(path) ?? '/')),
    name: nameOf(key, valueAt(properties, 'RoleName'), resolver),
    label: key,
  };
  return roleOf(facts, policy, file, unknowns);
}

function nameOf(key: string, node: YamlNode | undefined, resolver: Resolver): Value {
  const text = node === undefined ? undefined : resolver.text(node);
  if (text !== undefined) return resolver.unknowns.valueOf(text);
  // AWS CloudFormation User Guide, "AWS::IAM::Role": STACK-LOGICALID-RANDOM.
  const language = sequence(ANYTHING, exactly(`-${key.slice(0, 24)}`), ANYTHING);
  return unknown(`…-${key}-…`, `CloudFormation makes the name of ${key} when it creates the role`, language);
}
