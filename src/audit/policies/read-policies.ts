import type { Gap, SourceFile } from '../model/types.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { valueAt } from '../yaml/yaml-node.ts';
import { readTemplateYaml } from './cloudformation/read-yaml.ts';
import { rolesOfTemplate } from './cloudformation/template.ts';
import { ANSWERS, roleOfDocument, rolesOfAnswer } from './json-roles.ts';
import type { Role, RolesOfFile } from './roles/role.ts';
import { hasMarks } from './roles/unknowns.ts';
import { isTerraform, rolesOfTerraform } from './terraform.ts';
import { type NotRead, readJson } from './tree/read-json.ts';

/** A file with trust policies. `named` if the user named the file itself, not a folder or pattern it is in. */
export interface PolicyFile extends SourceFile {
  readonly named: boolean;
}

/** All roles of the files, and what of them is not read. */
export interface PolicyAudit {
  readonly roles: readonly Role[];
  readonly gaps: readonly Gap[];
  /** Gaps that are a fault of the files: the user named the file, or a role in it is not valid. */
  readonly unreadable: readonly Gap[];
}

/** Whether a file of a folder can have trust policies. */
export function mayHavePolicies(path: string): boolean {
  return /\.(json|ya?ml|template|tfstate)$/i.test(path);
}

/** Reads trust policies: documents, answers of the AWS CLI, Terraform plans and states, CloudFormation templates. */
export function readPolicies(files: readonly PolicyFile[]): PolicyAudit {
  const roles: Role[] = [];
  const gaps: Gap[] = [];
  const unreadable: Gap[] = [];
  for (const file of files) {
    const read = rolesOfFile(file);
    if ('roles' in read) {
      roles.push(...read.roles);
      gaps.push(...read.gaps);
      unreadable.push(...read.invalid);
    } else {
      const gap = { file: file.path, line: read.line, what: read.what };
      (file.named ? unreadable : gaps).push(gap);
    }
  }
  return { roles, gaps, unreadable };
}

function rolesOfFile({ path, text }: PolicyFile): RolesOfFile | NotRead {
  if (hasMarks(text)) return { line: 1, what: 'characters for private use (U+E000, U+E001)' };
  const isYaml = /\.(ya?ml)$/i.test(path) || !/^\s*[{[]/.test(text);
  const root = isYaml ? readTemplateYaml(text) : readJson(text);
  if ('what' in root) return root;
  return rolesOfRoot(root, path) ?? { line: root.line, what: NOT_KNOWN };
}

const NOT_KNOWN =
  'neither a trust policy, nor an answer of IAM, nor JSON of terraform show, nor a CloudFormation template';

function rolesOfRoot(root: YamlNode, path: string): RolesOfFile | undefined {
  if (valueAt(root, 'Statement') !== undefined) return roleOfDocument(root, path);
  if (ANSWERS.some((key) => valueAt(root, key) !== undefined)) return rolesOfAnswer(root, path);
  if (isTerraform(root)) return rolesOfTerraform(root, path);
  if (valueAt(root, 'Resources')?.kind === 'map') return rolesOfTemplate(root, path);
  return undefined;
}
