import { type Contexts, scopeOf } from '../contexts/contexts.ts';
import { envAfter, envFromVariables, envWith, type StaticEnv } from '../contexts/env.ts';
import type { Surroundings } from '../expressions/evaluate-node.ts';
import { oneWay } from '../expressions/situation.ts';
import type { GapList } from '../model/gap-list.ts';
import type { Position, Sources } from '../model/types.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entryOf, valueAt } from '../yaml/yaml-node.ts';
import type { Actions } from './actions.ts';

/** The context of the steps of a job or composite action. */
export interface StepContext {
  readonly file: string;
  readonly inComposite: boolean;
  readonly contexts: Contexts;
  readonly env: StaticEnv;
  /** The commands of earlier steps, which can write variables. */
  readonly commands: readonly string[];
  /** Whether an earlier step delivers keys, which later steps use in a job without a token. */
  readonly withKeys: boolean;
  /** The steps that use the composite actions around these steps, outermost first. */
  readonly through: readonly Position[];
  readonly read: Sources['read'];
  readonly gaps: GapList;
  readonly actions: Actions;
  /** Whether the job can get a token. */
  readonly withToken: boolean;
}

/** A step and its context. */
export interface Step {
  readonly node: YamlNode;
  readonly at: Position;
  readonly context: StepContext;
  /** The variables that the step sees. */
  readonly env: StaticEnv;
}

export function stepOf(node: YamlNode, context: StepContext): Step {
  const uses = entryOf(node, 'uses');
  const values = context.contexts.started.facts.variables?.env;
  const outer = envAfter(context.commands, context.env, values);
  const env = envWith(valueAt(node, 'env'), surroundings(context, outer, 'step'), outer);
  const at = { file: context.file, line: uses?.line ?? node.line };
  return { node, at, context, env };
}

/** The surroundings of the texts of a step. */
export function surroundingsOf({ context, env }: Step, place: 'step' | 'step-if' = 'step'): Surroundings {
  return surroundings(context, env, place);
}

function surroundings(context: StepContext, env: StaticEnv, place: 'step' | 'step-if'): Surroundings {
  const { file, gaps, inComposite, contexts } = context;
  const values = contexts.started.facts.variables?.env;
  const look: Contexts['env'] = (name, situation) =>
    env(name, situation) ?? oneWay(situation, envFromVariables(name, values));
  return { file, gaps, place: inComposite ? 'composite' : place, scope: scopeOf({ ...contexts, env: look }) };
}
