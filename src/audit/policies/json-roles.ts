import { parseRoleArn } from '../../aws/arn.ts';
import { known } from '../texts/value.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { itemsOf, textOf, valueAt } from '../yaml/yaml-node.ts';
import { type RolesOfFile, rolesOf } from './roles/role.ts';
import { factsOfArn, type RoleFacts, roleOf } from './roles/role-of.ts';

/** A trust policy alone. Its place names the role: `[ACCOUNT/][PATH/]ROLE.json`. */
export function roleOfDocument(root: YamlNode, file: string): RolesOfFile {
  const segments = file.split('/');
  const name = (segments.pop() ?? '').replace(/\.json$/i, '');
  const account = segments.findLastIndex((segment) => /^\d{12}$/.test(segment));
  const path = account < 0 ? [] : segments.slice(account + 1);
  const facts: RoleFacts = {
    accountId: segments[account],
    partition: undefined,
    path: path.length === 0 ? undefined : known(`/${path.join('/')}/`),
    name: known(name),
    label: name,
  };
  return rolesOf([roleOf(facts, root, file)]);
}

/** The keys under which answers of the AWS CLI have roles: get-role, list-roles, get-account-authorization-details. */
export const ANSWERS = ['Role', 'Roles', 'RoleDetailList'];

/** Roles in an answer of IAM. */
export function rolesOfAnswer(root: YamlNode, file: string): RolesOfFile {
  const roles = ANSWERS.flatMap((key) => itemsOf(valueAt(root, key)));
  return rolesOf(
    roles.map((role) => {
      const policy = valueAt(role, 'AssumeRolePolicyDocument');
      const arn = textOf(valueAt(role, 'Arn')) ?? '';
      const name = textOf(valueAt(role, 'RoleName'));
      const facts = factsOfArn(arn) ?? {
        accountId: undefined,
        partition: undefined,
        path: undefined,
        name: known(name ?? ''),
      };
      if (policy === undefined || (name === undefined && parseRoleArn(arn) === undefined))
        return {
          gap: { file, line: role.line, what: 'a role without Arn, RoleName or AssumeRolePolicyDocument' },
        };
      return roleOf({ ...facts, label: arn || (name ?? '') }, policy, file);
    }),
  );
}
