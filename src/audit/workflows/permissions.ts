import type { Position, TokenAccess } from '../model/types.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entryOf, isNull, textOf, valueAt } from '../yaml/yaml-node.ts';
import type { Job, Workflow } from './workflow.ts';

/** What `permissions` says of the OIDC token, and where. */
interface Permission {
  readonly state: 'write' | 'none' | 'unclear';
  readonly line: number;
}

/** `permissions` of a workflow or job; undefined without the key. */
function permissionOf(node: YamlNode | undefined): Permission | undefined {
  const entry = entryOf(node, 'permissions');
  if (entry === undefined) return undefined;
  const { value, line } = entry;
  if (value.kind === 'map') {
    const idToken = entryOf(value, 'id-token');
    // A permission that is not named is none (GitHub Docs, "Workflow syntax for GitHub Actions", "permissions").
    if (idToken === undefined) return { state: 'none', line };
    const level = textOf(idToken.value);
    if (level === 'write' || level === 'none') return { state: level, line: idToken.line };
    return { state: 'unclear', line: idToken.line };
  }
  const all = textOf(value);
  if (all === 'write-all') return { state: 'write', line };
  return { state: all === 'read-all' || isNull(value) ? 'none' : 'unclear', line };
}

/**
 * Whether a job can get a token: `permissions` of the job replaces that of the workflow, and a called workflow gets at most
 * what the calling job has. Without the key there is no token: no default of a repository grants `id-token`.
 *
 * @param caller what the calling job has, where the workflow is called
 */
export function tokenAccessOf(workflow: Workflow, job: Job, caller: TokenAccess | undefined): TokenAccess {
  const own = permissionOf(job.node) ?? permissionOf(workflow.root);
  const at: Position = { file: workflow.file, line: own?.line ?? job.line };
  if (own?.state === 'none')
    return { state: 'missing', why: 'permissions does not grant id-token: write', at };
  if (own?.state === 'unclear')
    return { state: 'unknown', why: 'permissions has a value that GitHub does not document', at };
  // What the caller lacks is the caller's to grant; GitHub does not start a workflow that asks for more.
  if (caller !== undefined) return caller;
  if (own === undefined)
    return {
      state: 'missing',
      why: 'neither the job nor the workflow has permissions with id-token: write',
      at,
    };
  return { state: 'granted' };
}

/** Where the steps of a job are, for gaps. */
export function stepsOf(job: Job): readonly YamlNode[] {
  const steps = valueAt(job.node, 'steps');
  if (steps?.kind !== 'list') return [];
  // `parallel` holds steps that run at the same time.
  return steps.items.flatMap((step) => {
    const parallel = valueAt(step, 'parallel');
    return parallel?.kind === 'list' ? parallel.items : [step];
  });
}
