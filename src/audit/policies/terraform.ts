import { ANYTHING, exactly, sequence } from '../texts/language.ts';
import { known, unknown, type Value } from '../texts/value.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, itemsOf, textOf, valueAt } from '../yaml/yaml-node.ts';
import { type RoleResult, type RolesOfFile, rolesOf } from './roles/role.ts';
import { factsOfArn, type RoleFacts, roleOf } from './roles/role-of.ts';

const TYPE = 'aws_iam_role';

/** A resource in a plan or a state. */
interface Resource {
  readonly address: string;
  readonly values: YamlNode | undefined;
  readonly line: number;
}

/** Whether JSON is what `terraform show -json` prints (Terraform documentation, "JSON output format"), or a state file. */
export function isTerraform(root: YamlNode): boolean {
  return valueAt(root, 'format_version') !== undefined || valueAt(root, 'terraform_version') !== undefined;
}

/** The roles of a plan, as they are after it is applied, or of a state. */
export function rolesOfTerraform(root: YamlNode, file: string): RolesOfFile {
  const planned = valueAt(root, 'planned_values') ?? valueAt(root, 'values');
  const resources = [...inModule(valueAt(planned, 'root_module')), ...inStateFile(root)];
  const errored = textOf(valueAt(root, 'errored')) === 'true';
  const incomplete = { gap: { file, line: 1, what: 'the plan ended with an error and is not complete' } };
  return rolesOf([
    ...resources.map((resource) => roleOfResource(resource, file)),
    ...(errored ? [incomplete] : []),
  ]);
}

function inModule(module: YamlNode | undefined): Resource[] {
  const own = itemsOf(valueAt(module, 'resources')).filter(isRole);
  return [
    ...own.map((resource) => ({
      address: textOf(valueAt(resource, 'address')) ?? TYPE,
      values: valueAt(resource, 'values'),
      line: resource.line,
    })),
    ...itemsOf(valueAt(module, 'child_modules')).flatMap(inModule),
  ];
}

/** `terraform.tfstate` itself, version 4. */
function inStateFile(root: YamlNode): Resource[] {
  return itemsOf(valueAt(root, 'resources'))
    .filter(isRole)
    .flatMap((resource) => {
      const [module, name] = [textOf(valueAt(resource, 'module')), textOf(valueAt(resource, 'name'))];
      const address = `${module === undefined ? '' : `${module}.`}${TYPE}.${name}`;
      return itemsOf(valueAt(resource, 'instances')).map((instance) => {
        const key = valueAt(instance, 'index_key');
        const index = key?.kind === 'scalar' ? `[${JSON.stringify(key.value)}]` : '';
        return { address: address + index, values: valueAt(instance, 'attributes'), line: instance.line };
      });
    });
}

function isRole(resource: YamlNode): boolean {
  return textOf(valueAt(resource, 'type')) === TYPE && textOf(valueAt(resource, 'mode')) !== 'data';
}

function roleOfResource({ address, values, line }: Resource, file: string): RoleResult {
  const policy = valueAt(values, 'assume_role_policy');
  if (textOf(policy) === undefined || policy === undefined)
    return {
      gap: { file, line, what: `the trust policy of ${address} is unknown before the plan is applied` },
    };
  return roleOf({ ...factsOf(address, values), label: address }, policy, file);
}

function factsOf(address: string, values: YamlNode | undefined): Omit<RoleFacts, 'label'> {
  const text = (key: string) => textOf(entriesOf(values).find((entry) => entry.key === key)?.value);
  const ofArn = factsOfArn(text('arn') ?? '');
  if (ofArn !== undefined) return ofArn;
  const path = text('path');
  return {
    accountId: undefined,
    partition: undefined,
    path: path === undefined ? undefined : known(path),
    name: nameOf(address, text('name'), text('name_prefix')),
  };
}

/** Terraform makes a name that begins with the prefix, or with `terraform-`. */
function nameOf(address: string, name: string | undefined, prefix: string | undefined): Value {
  if (name !== undefined && name !== '') return known(name);
  const beginning = prefix ?? '';
  const reason = `Terraform makes the name of ${address} when it creates the role`;
  return unknown(`${beginning}…`, reason, sequence(exactly(beginning), ANYTHING));
}
