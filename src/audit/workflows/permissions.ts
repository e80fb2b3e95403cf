import type { Position, TokenAccess } from '../model/types.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entryOf, isNull, textOf, valueAt } from '../yaml/yaml-node.ts';
import type { Job, Workflow } from './workflow.ts';

/** The permission for the OIDC token. */
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
    // A missing permission is none (GitHub Docs, "Workflow syntax for GitHub Actions", "permissions").
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
 * Whether a job can get a token. `permissions` of the job replaces that of the workflow. A called workflow has at most the
 * permissions of the calling job. The default permissions of a repository never include `id-token`.
 *
 * @param caller the access of the calling job, for called workflows
 */
export function tokenAccessOf(workflow: Workflow, job: Job, caller: TokenAccess | undefined): TokenAccess {
  const own = permissionOf(job.node) ?? permissionOf(workflow.root);
  const at: Position = { file: workflow.file, line: own?.line ?? job.line };
  if (own?.state === 'none')
    return { state: 'missing', why: 'permissions does not grant id-token: write', at };
  if (own?.state === 'unclear')
    return { state: 'unknown', why: 'permissions has a value that GitHub does not document', at };
  // GitHub does not start a workflow that requests more than the caller has.
  if (caller !== undefined) return caller;
  if (own === undefined)
    return {
      state: 'missing',
      why: 'neither the job nor the workflow has permissions with id-token: write',
      at,
    };
  return { state: 'granted' };
}

/** The steps of a job. */
export function stepsOf(job: Job): readonly YamlNode[] {
  const steps = valueAt(job.node, 'steps');
  if (steps?.kind !== 'list') return [];
  // `parallel` contains concurrent steps.
  return steps.items.flatMap((step) => {
    const parallel = valueAt(step, 'parallel');
    return parallel?.kind === 'list' ? parallel.items : [step];
  });
}
