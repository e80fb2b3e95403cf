import type { Facts, Sources } from '../model/types.ts';
import { readYaml, type YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, textOf, valueAt, valueIgnoringCase } from '../yaml/yaml-node.ts';

/** What a step runs. */
export type ActionKind =
  | {
      readonly kind: 'assumes';
      readonly action: 'assume-aws-roles' | 'configure-aws-credentials';
      /** Whether this version reads inputs from environment variables. */
      readonly readsVariables: boolean;
      /** Whether profiles among the inputs are assumed; `matrix` only lists them. */
      readonly assumesProfiles: boolean;
    }
  | { readonly kind: 'composite'; readonly file: string; readonly root: YamlNode }
  | { readonly kind: 'other' }
  /** An action or command that is not read. With `onlyWithToken` it matters only in a job with a token. */
  | { readonly kind: 'gap'; readonly what: string; readonly onlyWithToken: boolean };

const OURS = /^[\w.-]+\/assume-aws-roles(\/exec)?@/i;
/** Assumes a role only to list accounts. */
const OUR_MATRIX = /^[\w.-]+\/assume-aws-roles\/matrix@/i;
/** `logout` and `audit` assume no role. */
const BESIDE_OURS = /^[\w.-]+\/assume-aws-roles\//i;
const AWS_ACTIONS = /^aws-actions\/([\w.-]+)@(.*)$/i;
const OTHER: ActionKind = { kind: 'other' };

const ASSUMES = {
  kind: 'assumes',
  action: 'assume-aws-roles',
  readsVariables: true,
  assumesProfiles: true,
} as const satisfies ActionKind;

/** The `matrix` action: with `accounts-from`, it lists accounts with the session of a role. */
function matrixAction(step: YamlNode): ActionKind {
  const listsAccounts = valueIgnoringCase(valueAt(step, 'with'), 'accounts-from') !== undefined;
  return listsAccounts ? { ...ASSUMES, assumesProfiles: false } : OTHER;
}

/** Classifies steps, each only once. */
export class Actions {
  readonly #repository: string;
  readonly #read: Sources['read'];
  readonly #kinds = new Map<YamlNode, ActionKind>();

  constructor(facts: Facts, read: Sources['read']) {
    this.#repository = facts.repository.toLowerCase();
    this.#read = read;
  }

  of(step: YamlNode): ActionKind {
    let kind = this.#kinds.get(step);
    if (kind === undefined) {
      const uses = textOf(valueAt(step, 'uses'));
      kind = uses === undefined ? commandOf(step) : this.#action(uses, step);
      this.#kinds.set(step, kind);
    }
    return kind;
  }

  #action(uses: string, step: YamlNode): ActionKind {
    if (OURS.test(uses)) return ASSUMES;
    if (OUR_MATRIX.test(uses)) return matrixAction(step);
    if (BESIDE_OURS.test(uses)) return OTHER;
    const [, name, version = ''] = AWS_ACTIONS.exec(uses.toLowerCase()) ?? [];
    if (
      name === 'configure-aws-credentials' ||
      (name !== undefined && hasRoleToAssume(valueAt(step, 'with')))
    )
      return {
        kind: 'assumes',
        action: 'configure-aws-credentials',
        readsVariables: readsVariables(version),
        assumesProfiles: false,
      };
    const local = this.#localFolder(uses);
    if (local !== undefined) return this.#localAction(local, step);
    const [owner = ''] = this.#repository.split('/');
    return otherAction(step, uses, uses.toLowerCase().startsWith(`${owner}/`));
  }

  /** The folder of an action of the same repository. */
  #localFolder(uses: string): string | undefined {
    if (/^\.{1,2}(\/|$)/.test(uses)) return normalized(uses);
    const [path = ''] = uses.split('@');
    const whole = `${path.toLowerCase()}/`;
    return whole.startsWith(`${this.#repository}/`)
      ? normalized(path.slice(this.#repository.length))
      : undefined;
  }

  #localAction(folder: string, step: YamlNode): ActionKind {
    const gap = (what: string): ActionKind => ({ kind: 'gap', what, onlyWithToken: false });
    const files = ['action.yml', 'action.yaml'].map((name) => (folder === '' ? name : `${folder}/${name}`));
    const path = files.find((file) => this.#read(file) !== undefined);
    if (path === undefined) return gap(`the action ./${folder} is not in the repository`);
    const { root } = readYaml({ path, text: this.#read(path) ?? '' });
    if (root === undefined) return gap(`the action ${path} is not valid YAML`);
    if (textOf(valueAt(root, 'runs', 'using')) === 'composite')
      return { kind: 'composite', file: path, root };
    if (!hasRoleToAssume(valueAt(root, 'inputs'))) return OTHER;
    const main = textOf(valueAt(root, 'runs', 'main')) ?? '';
    if (/(^|\/)dist\/(main|exec)\/index\.js$/.test(main)) return ASSUMES;
    if (/(^|\/)dist\/matrix\/index\.js$/.test(main)) return matrixAction(step);
    return gap(`the action ${path} may assume the role itself`);
  }
}

/** configure-aws-credentials reads variables since version 4.2.0. The version of a commit is not known. */
function readsVariables(version: string): boolean {
  const [, major, minor] = /^v?(\d+)(?:\.(\d+))?(?:\.\d+)?$/.exec(version) ?? [];
  if (major === undefined || Number(major) > 4) return true;
  return Number(major) === 4 && (minor === undefined || Number(minor) >= 2);
}

function normalized(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function hasRoleToAssume(inputs: YamlNode | undefined): boolean {
  return valueIgnoringCase(inputs, 'role-to-assume') !== undefined;
}

/** An action of another repository. It is a gap when it receives a role or can contain steps that assume one. */
function otherAction(step: YamlNode, uses: string, ofOwner: boolean): ActionKind {
  const inputs = valueAt(step, 'with');
  const texts = entriesOf(inputs).map(({ value }) => textOf(value) ?? '');
  if (hasRoleToAssume(inputs) || texts.some((text) => /^arn:aws[\w-]*:iam::.*:role\//.test(text)))
    return { kind: 'gap', what: `the action ${uses} receives a role and is not read`, onlyWithToken: false };
  if (ofOwner)
    return {
      kind: 'gap',
      what: `the action ${uses} is in another repository and is not read`,
      onlyWithToken: true,
    };
  if (!/getIDToken/.test(textOf(valueAt(inputs, 'script')) ?? '')) return OTHER;
  return { kind: 'gap', what: 'the script requests a token itself', onlyWithToken: true };
}

const OWN_REQUEST =
  /ACTIONS_ID_TOKEN_REQUEST|assume[-_]role[-_]with[-_]web[-_]identity|AssumeRoleWithWebIdentity/i;

function commandOf(step: YamlNode): ActionKind {
  if (!OWN_REQUEST.test(textOf(valueAt(step, 'run')) ?? '')) return OTHER;
  return { kind: 'gap', what: 'the command requests or presents a token itself', onlyWithToken: true };
}
