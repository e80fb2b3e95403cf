import type { YamlNode } from '../yaml/read-yaml.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { entriesOf, textOf, valueAt, valueIgnoringCase } from '../yaml/yaml-node.ts';
import type { Step, StepContext } from './step.ts';

/** What a step runs, as far as it matters here. */
export type ActionKind =
  | {
      readonly kind: 'assumes';
      readonly action: 'assume-aws-roles' | 'configure-aws-credentials';
      /** Whether this version takes inputs from variables. */
      readonly readsVariables: boolean;
    }
  | { readonly kind: 'composite'; readonly file: string; readonly root: YamlNode }
  | { readonly kind: 'other' }
  | { readonly kind: 'gap'; readonly what: string };

const OURS = /^[\w.-]+\/assume-aws-roles(\/exec)?@/i;
const AWS_ACTIONS = /^aws-actions\/([\w.-]+)@(.*)$/i;
const OTHER: ActionKind = { kind: 'other' };

/** Tells what a step runs. */
export function actionOf(step: Step): ActionKind {
  const { uses, context } = step;
  if (uses === undefined) return commandOf(step);
  if (OURS.test(uses)) return { kind: 'assumes', action: 'assume-aws-roles', readsVariables: true };
  const [, name, version = ''] = AWS_ACTIONS.exec(uses) ?? [];
  const inputs = valueAt(step.node, 'with');
  if (
    name?.toLowerCase() === 'configure-aws-credentials' ||
    (name !== undefined && hasRoleToAssume(inputs))
  ) {
    return { kind: 'assumes', action: 'configure-aws-credentials', readsVariables: readsVariables(version) };
  }
  const local = localPathOf(uses, context);
  if (local !== undefined) return localAction(local, context);
  return otherAction(step, uses);
}

/** configure-aws-credentials takes inputs from variables since 4.2.0; a commit may be of any version. */
function readsVariables(version: string): boolean {
  const [, major, minor] = /^v?(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(version) ?? [];
  if (major === undefined || Number(major) > 4) return true;
  return Number(major) === 4 && (minor === undefined || Number(minor) >= 2);
}

/** The folder of an action of the same repository. */
function localPathOf(uses: string, { contexts }: StepContext): string | undefined {
  if (/^\.{1,2}(\/|$)/.test(uses)) return normalized(uses);
  const { repository } = contexts.started.facts;
  const own = `${repository}/`.toLowerCase();
  const [path = ''] = uses.split('@');
  if (path.toLowerCase() === repository.toLowerCase()) return '';
  return path.toLowerCase().startsWith(own) ? normalized(path.slice(own.length)) : undefined;
}

function normalized(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function localAction(folder: string, { read }: StepContext): ActionKind {
  const files = ['action.yml', 'action.yaml'].map((name) => (folder === '' ? name : `${folder}/${name}`));
  const found = files.map((path) => ({ path, text: read(path) })).find(({ text }) => text !== undefined);
  if (found?.text === undefined)
    return { kind: 'gap', what: `the action ./${folder} is not in the repository` };
  const { root } = readYaml({ path: found.path, text: found.text });
  if (root === undefined) return { kind: 'gap', what: `the action ${found.path} is not valid YAML` };
  const using = textOf(valueAt(root, 'runs', 'using'));
  if (using === 'composite') return { kind: 'composite', file: found.path, root };
  const main = textOf(valueAt(root, 'runs', 'main')) ?? '';
  if (!hasRoleToAssume(valueAt(root, 'inputs'))) return OTHER;
  if (/(^|\/)dist\/(main|exec)\/index\.js$/.test(main))
    return { kind: 'assumes', action: 'assume-aws-roles', readsVariables: true };
  return { kind: 'gap', what: `the action ${found.path} may assume the role itself` };
}

function hasRoleToAssume(inputs: YamlNode | undefined): boolean {
  return valueIgnoringCase(inputs, 'role-to-assume') !== undefined;
}

/** Whether a step's inputs name a role in the way of some action. */
function namesRole({ node }: Step): boolean {
  const inputs = valueAt(node, 'with');
  const texts = entriesOf(inputs).map(({ value }) => textOf(value) ?? '');
  return hasRoleToAssume(inputs) || texts.some((text) => /^arn:aws[\w-]*:iam::.*:role\//.test(text));
}

/** An action of another repository, which is not read: of interest where it is given a role, or may hold our own steps. */
function otherAction(step: Step, uses: string): ActionKind {
  const { context, node } = step;
  if (namesRole(step)) return { kind: 'gap', what: `the action ${uses} is given a role and is not read` };
  if (!context.withToken) return OTHER;
  const [owner = ''] = context.contexts.started.facts.repository.split('/');
  if (uses.toLowerCase().startsWith(`${owner.toLowerCase()}/`))
    return { kind: 'gap', what: `the action ${uses} is in another repository and is not read` };
  const script = textOf(valueAt(node, 'with', 'script')) ?? '';
  if (/getIDToken/.test(script)) return { kind: 'gap', what: 'the script requests a token itself' };
  return OTHER;
}

const OWN_REQUEST =
  /ACTIONS_ID_TOKEN_REQUEST|assume[-_]role[-_]with[-_]web[-_]identity|AssumeRoleWithWebIdentity/i;

function commandOf({ node, context }: Step): ActionKind {
  const run = textOf(valueAt(node, 'run')) ?? '';
  if (!context.withToken || !OWN_REQUEST.test(run)) return OTHER;
  return { kind: 'gap', what: 'the command requests or presents a token itself' };
}
