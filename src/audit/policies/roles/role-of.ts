import { parseRoleArn } from '../../../aws/arn.ts';
import type { Position } from '../../model/types.ts';
import { known } from '../../texts/value.ts';
import type { YamlNode } from '../../yaml/read-yaml.ts';
import { policyOfNode } from './policy-node.ts';
import type { Role, RoleResult } from './role.ts';
import { Unknowns } from './unknowns.ts';

/** The facts of a role without its policy. */
export type RoleFacts = Pick<Role, 'accountId' | 'partition' | 'path' | 'name' | 'label'>;

/** A role with the policy of a node. */
export function roleOf(
  facts: RoleFacts,
  node: YamlNode,
  file: string,
  unknowns = new Unknowns(),
): RoleResult {
  const read = policyOfNode(node);
  const at: Position = { file, line: read.line };
  if ('refused' in read)
    return { invalid: { ...at, what: `the trust policy of ${facts.label} is not valid: ${read.refused}` } };
  return { role: { ...facts, policy: read.policy, lines: read.lines, unknowns, at } };
}

/** What an ARN says about a role. */
export function factsOfArn(
  arn: string,
): Pick<RoleFacts, 'accountId' | 'partition' | 'path' | 'name'> | undefined {
  const parsed = parseRoleArn(arn);
  if (parsed === undefined) return undefined;
  const { accountId, partition, path, name } = parsed;
  return { accountId, partition, path: known(path), name: known(name) };
}
