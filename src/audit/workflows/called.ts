import type { Combination, Members } from '../contexts/matrix.ts';
import { inputsOf } from '../events/triggers.ts';
import { type Datum, dataOf } from '../expressions/datum.ts';
import { evaluateNode, type Surroundings } from '../expressions/evaluate-node.ts';
import type { Place } from '../expressions/parse.ts';
import { follow, inTurn, mapWays, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, entryOf, textOf, valueAt, valueIgnoringCase } from '../yaml/yaml-node.ts';
import type { Caller, Frame } from './frame.ts';
import { eachCombination, surroundingsOf, tokenOf } from './job-runs.ts';
import { callTriggerOf, type Job, type Workflow } from './workflow.ts';

/** The caller and up to nine levels of called workflows (GitHub Docs, "Reuse workflows", "Nesting reusable workflows"). */
const MAX_LEVELS = 10;

/** The called workflow of a job, once for each combination of inputs. */
export function calledFrames(job: Job, frame: Frame, situation: Situation): Way<Frame>[] {
  const uses = entryOf(job.node, 'uses');
  const at = { file: frame.workflow.file, line: uses?.line ?? job.line };
  const { gaps } = frame.audit;
  const token = tokenOf(job, frame);
  if (token === undefined) return [];
  const file = fileOf(textOf(uses?.value) ?? '', frame.workflow.file);
  const chain = [...(frame.caller?.chain ?? []), frame.workflow.file];
  if (chain.includes(file) || chain.length >= MAX_LEVELS) {
    const what = chain.includes(file)
      ? `${file} calls itself`
      : `called workflows more than ${MAX_LEVELS} levels deep`;
    gaps.add({ ...at, what });
    return [];
  }
  const workflow = frame.audit.workflow(file, at);
  const trigger = workflow === undefined ? undefined : callTriggerOf(workflow);
  if (workflow === undefined) return [];
  if (trigger === undefined) {
    gaps.add({ ...at, what: `${file} has no workflow_call trigger` });
    return [];
  }
  const caller: Caller = {
    job: frame.caller?.job ?? job.id,
    at: frame.caller?.at ?? { file: frame.workflow.file, line: job.line },
    token,
    chain,
  };
  return eachCombination(job, frame, situation).flatMap(({ situation: here, value: matrix }) =>
    passedTo(workflow, job, { frame, matrix }, here).map((way) => ({
      ...way,
      value: { ...frame, workflow, caller, ...way.value },
    })),
  );
}

/** `./.github/workflows/x.yml` is in the repository of the workflow that calls it. */
function fileOf(uses: string, from: string): string {
  if (!uses.startsWith('./')) return uses;
  const [, remote, ref] = /^([^/]+\/[^/]+)\/[^@]*@(.+)$/.exec(from) ?? [];
  return remote === undefined ? uses.slice(2) : `${remote}/${uses.slice(2)}@${ref}`;
}

type Passed = Pick<Frame, 'inputs' | 'secrets'>;

function passedTo(
  workflow: Workflow,
  job: Job,
  { frame, matrix }: { readonly frame: Frame; readonly matrix: Combination },
  situation: Situation,
): Way<Passed>[] {
  const around = (place: Place) => surroundingsOf(frame, place, matrix);
  return follow(inputsFor(workflow, job, around, situation), (way) =>
    mapWays(secretsFor(job, frame, around('call-secrets'), way.situation), (secrets) => ({
      inputs: way.value,
      secrets,
    })),
  );
}

function inputsFor(
  workflow: Workflow,
  job: Job,
  around: (place: Place) => Surroundings,
  situation: Situation,
): Way<Members>[] {
  const trigger = callTriggerOf(workflow);
  const passed = valueAt(job.node, 'with');
  const declared = trigger === undefined ? [] : inputsOf(trigger);
  const members = inTurn(declared, situation, ({ name, node }, at): Way<readonly [string, Datum]>[] => {
    return mapWays(inputOf(valueIgnoringCase(passed, name), node, around, at), (datum) => [
      name.toLowerCase(),
      datum,
    ]);
  });
  return mapWays(members, (entries) => new Map(entries));
}

function inputOf(
  passed: YamlNode | undefined,
  declared: YamlNode,
  around: (place: Place) => Surroundings,
  situation: Situation,
): Way<Datum>[] {
  if (passed !== undefined) return evaluateNode(passed, around('call-inputs'), situation);
  const byDefault = valueAt(declared, 'default');
  if (byDefault === undefined) return oneWay(situation, emptyOf(declared));
  return evaluateNode(byDefault, around('input-default'), situation);
}

/** The value of an input without a value and a default (GitHub Docs, "on.workflow_call.inputs.<input_id>.default"). */
function emptyOf(node: YamlNode): Datum {
  const type = textOf(valueAt(node, 'type'));
  if (type === 'boolean') return dataOf(false);
  return dataOf(type === 'number' ? 0 : '');
}

/** The secrets that a job passes to the called workflow. `inherit` passes all of them. */
function secretsFor(
  job: Job,
  frame: Frame,
  around: Surroundings,
  situation: Situation,
): Way<Members | undefined>[] {
  const secrets = valueAt(job.node, 'secrets');
  if (textOf(secrets) === 'inherit') return oneWay(situation, frame.secrets);
  const members = inTurn(entriesOf(secrets), situation, ({ key, value }, at) =>
    mapWays(evaluateNode(value, around, at), (datum) => [key.toLowerCase(), datum] as const),
  );
  return mapWays(members, (entries) => new Map(entries));
}
