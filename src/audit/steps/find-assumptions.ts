import type { Contexts } from '../contexts/contexts.ts';
import type { Members } from '../contexts/matrix.ts';
import { type Datum, dataOf, textOfData } from '../expressions/datum.ts';
import { evaluateNode, situationsOfIf } from '../expressions/evaluate-node.ts';
import { follow, inTurn, mapWays, type Situation, type Way } from '../expressions/situation.ts';
import type { Assumption } from '../model/types.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, textOf, valueAt, valueIgnoringCase } from '../yaml/yaml-node.ts';
import type { ActionKind } from './actions.ts';
import { assumptionsOf } from './assume.ts';
import { type Step, type StepContext, stepOf, surroundingsOf } from './step.ts';

/** GitHub Docs, "Reusing workflow configurations": up to 10 composite actions can be nested. */
const MAX_COMPOSITES = 10;

/**
 * The roles that steps assume with the job's token, each with its situation.
 *
 * @param nodes the steps of a job or of a composite action
 */
export function findAssumptions(
  nodes: readonly YamlNode[],
  context: StepContext,
  situation: Situation,
): Way<Assumption>[] {
  const commands = [...context.commands];
  let { withKeys } = context;
  return nodes.flatMap((node) => {
    const action = context.actions.of(node);
    const run = textOf(valueAt(node, 'run'));
    if (run !== undefined) commands.push(run);
    if (action.kind === 'other') return [];
    const step = stepOf(node, { ...context, withKeys, commands: [...commands] });
    withKeys ||= valueIgnoringCase(valueAt(node, 'with'), 'aws-access-key-id') !== undefined;
    const situations = situationsOfIf(valueAt(node, 'if'), surroundingsOf(step, 'step-if'), situation);
    return situations.flatMap((at) => ofStep(step, action, at));
  });
}

function ofStep(step: Step, action: ActionKind, situation: Situation): readonly Way<Assumption>[] {
  switch (action.kind) {
    case 'assumes':
      return assumptionsOf(step, action, situation);
    case 'composite':
      return ofComposite(step, action, situation);
    case 'gap':
      if (step.context.withToken || !action.onlyWithToken)
        step.context.gaps.add({ ...step.at, what: action.what });
      return [];
    case 'other':
      return [];
  }
}

function ofComposite(
  step: Step,
  { file, root }: Extract<ActionKind, { kind: 'composite' }>,
  situation: Situation,
): Way<Assumption>[] {
  const { context, at } = step;
  if (context.through.length >= MAX_COMPOSITES) {
    context.gaps.add({ ...at, what: `composite actions nested more than ${MAX_COMPOSITES} levels deep` });
    return [];
  }
  const steps = valueAt(root, 'runs', 'steps');
  return follow(inputsOf(step, root, situation), (way) => {
    const contexts: Contexts = { ...context.contexts, inputs: way.value };
    const inner: StepContext = {
      ...context,
      file,
      inComposite: true,
      contexts,
      env: step.env,
      through: [...context.through, at],
    };
    return findAssumptions(steps?.kind === 'list' ? steps.items : [], inner, way.situation);
  });
}

/** The inputs of a composite action, all as strings. */
function inputsOf(step: Step, root: YamlNode, situation: Situation): Way<Members>[] {
  const passed = valueAt(step.node, 'with');
  const declared = entriesOf(valueAt(root, 'inputs'));
  const members = inTurn(declared, situation, ({ key, value }, at): Way<readonly [string, Datum]>[] => {
    const node = valueIgnoringCase(passed, key) ?? valueAt(value, 'default');
    const ways =
      node === undefined
        ? [{ situation: at, value: dataOf('') }]
        : evaluateNode(node, surroundingsOf(step), at);
    return mapWays(ways, (datum) => [
      key.toLowerCase(),
      datum.kind === 'data' ? dataOf(textOfData(datum.data)) : datum,
    ]);
  });
  return mapWays(members, (entries) => new Map(entries));
}
