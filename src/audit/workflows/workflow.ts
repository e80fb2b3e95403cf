import { readTriggers, type Trigger, textsOf } from '../events/triggers.ts';
import type { Gap, SourceFile } from '../model/types.ts';
import { readYaml, type YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, entryOf, textOf, valueAt } from '../yaml/yaml-node.ts';

/** A workflow file before its expressions are evaluated. */
export interface Workflow {
  /** The path in the repository, or `OWNER/NAME/PATH@REF` in another. */
  readonly file: string;
  /** Its `name` or, without one, its path (`github.workflow`). */
  readonly name: string;
  readonly root: YamlNode;
  readonly triggers: readonly Trigger[];
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: string;
  readonly line: number;
  readonly node: YamlNode;
  readonly needs: readonly string[];
}

/** Reads a workflow file. A file that GitHub does not run becomes a gap. */
export function readWorkflow(file: SourceFile): {
  readonly workflow?: Workflow;
  readonly gaps: readonly Gap[];
} {
  const { root, gaps } = readYaml(file);
  if (root === undefined) return { gaps };
  const missing = (['on', 'jobs'] as const).find((key) => entryOf(root, key) === undefined);
  if (root.kind !== 'map' || missing !== undefined) {
    return {
      gaps: [
        ...gaps,
        {
          file: file.path,
          line: root.line,
          what: `not a valid workflow: ${missing ?? 'a map of keys'} is missing`,
        },
      ],
    };
  }
  const jobs = entriesOf(valueAt(root, 'jobs')).map(({ key, line, value }) => ({
    id: key,
    line,
    node: value,
    needs: textsOf(valueAt(value, 'needs')),
  }));
  const workflow: Workflow = {
    file: file.path,
    name: textOf(valueAt(root, 'name')) ?? file.path,
    root,
    triggers: readTriggers(valueAt(root, 'on')),
    jobs,
  };
  return { workflow, gaps };
}

/** The `workflow_call` trigger. */
export function callTriggerOf({ triggers }: Workflow): Trigger | undefined {
  return triggers.find(({ event }) => event === 'workflow_call');
}
