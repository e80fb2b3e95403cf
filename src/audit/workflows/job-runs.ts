import { calledWorkflowRef, claimsOf, runnerOf } from '../claims/claims.ts';
import { type Contexts, type JobEnvironment, scopeOf } from '../contexts/contexts.ts';
import { envFromVariables, envWith, NO_ENV, type StaticEnv } from '../contexts/env.ts';
import { type Combination, combinationsOf } from '../contexts/matrix.ts';
import { textOfData } from '../expressions/datum.ts';
import { evaluateNode, type Surroundings } from '../expressions/evaluate-node.ts';
import type { Place } from '../expressions/parse.ts';
import { byChoice, knownData, toValue } from '../expressions/resolve.ts';
import { follow, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import { testTruth } from '../expressions/tests.ts';
import type { Assumption, TokenAccess } from '../model/types.ts';
import { findAssumptions } from '../steps/find-assumptions.ts';
import type { Value } from '../texts/value.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { isNull, textOf, valueAt } from '../yaml/yaml-node.ts';
import { type Frame, NO_MATRIX } from './frame.ts';
import { matrixNamesIn } from './matrix-names.ts';
import { stepsOf, tokenAccessOf } from './permissions.ts';
import type { DraftRun } from './run-list.ts';
import type { Job } from './workflow.ts';

/** The environment that a job names. */
interface NamedEnvironment {
  /** Undefined for none. */
  readonly value: Value | undefined;
  /** `deployment: false` beside the name. */
  readonly withoutDeployment: boolean;
}

/** Adds the runs of a job with steps. */
export function addRunsOfJob(job: Job, frame: Frame, situation: Situation): void {
  const token = tokenOf(job, frame);
  if (token === undefined) return;
  for (const { situation: at, value: matrix } of eachCombination(job, frame, situation)) {
    const labels = labelsOf(valueAt(job.node, 'runs-on'), frame, matrix, at);
    const run = { frame, matrix, token, runner: runnerOf(labels) };
    for (const way of environmentsOf(job, frame, matrix, at)) addRunsIn(job, run, way);
  }
}

/** The combinations of a job's matrix, one outcome for each. */
export function eachCombination(job: Job, frame: Frame, situation: Situation): Way<Combination>[] {
  const around = surroundingsOf(frame, 'strategy', NO_MATRIX);
  const ways = combinationsOf(job.node, matrixNamesIn(job.node), around, situation);
  return ways.flatMap((way) => way.value.map((value) => ({ ...way, value })));
}

/** Undefined for a fork when the job never has a token: the run of the repository itself says so. */
export function tokenOf(job: Job, frame: Frame): TokenAccess | undefined {
  const token = tokenAccessOf(frame.workflow, job, frame.caller?.token);
  if (!frame.started.run.fork || token.state === 'fork') return token;
  if (token.state === 'missing') return undefined;
  const why = 'GitHub does not issue tokens to pull requests from forks';
  return { state: 'fork', why, at: { file: frame.workflow.file, line: job.line } };
}

/** The surroundings of texts that are evaluated before the steps of a job. */
export function surroundingsOf(
  frame: Frame,
  place: Place,
  matrix: Combination,
  environment?: JobEnvironment,
): Surroundings {
  const contexts = contextsOf(frame, matrix, environment);
  return { file: frame.workflow.file, place, gaps: frame.audit.gaps, scope: scopeOf(contexts) };
}

function contextsOf(frame: Frame, matrix: Combination, environment?: JobEnvironment): Contexts {
  const { started, inputs, secrets } = frame;
  const env: Contexts['env'] = (name, at) => oneWay(at, envFromVariables(name, started.facts.variables?.env));
  return { started, inputs, secrets, environment, matrix, env };
}

/** The possible environments of a job. An empty name is none. */
function environmentsOf(
  job: Job,
  frame: Frame,
  matrix: Combination,
  situation: Situation,
): Way<NamedEnvironment>[] {
  const node = valueAt(job.node, 'environment');
  const name = node?.kind === 'map' ? valueAt(node, 'name') : node;
  const none: NamedEnvironment = { value: undefined, withoutDeployment: false };
  if (name === undefined || isNull(name)) return oneWay(situation, none);
  const withoutDeployment = textOf(valueAt(node, 'deployment')) === 'false';
  const named = evaluateNode(name, surroundingsOf(frame, 'environment', matrix), situation);
  const each = follow(named, (way) => byChoice(way.value, way.situation));
  return each.flatMap((way) =>
    testTruth(way.situation, way.value).map(({ situation: at, value: given }) => ({
      situation: at,
      value: given ? { value: toValue(knownData(way.value, at), at), withoutDeployment } : none,
    })),
  );
}

interface Run {
  readonly frame: Frame;
  readonly matrix: Combination;
  readonly token: TokenAccess;
  readonly runner: Value;
}

function addRunsIn(job: Job, run: Run, way: Way<NamedEnvironment>): void {
  const { frame, matrix } = run;
  const environment = way.value.value;
  const known = environment?.kind === 'known' ? environment.text : undefined;
  const contexts = contextsOf(frame, matrix, environment === undefined ? undefined : { name: known });
  const found = findAssumptions(
    stepsOf(job),
    {
      file: frame.workflow.file,
      inComposite: false,
      contexts,
      env: envOfJob(job, frame, contexts),
      commands: [],
      withKeys: false,
      through: [],
      read: frame.audit.sources.read,
      gaps: frame.audit.gaps,
      withToken: run.token.state !== 'missing',
      actions: frame.audit.actions,
    },
    way.situation,
  );
  // A step whose condition narrows the situation has a run of its own, beside the run without the step.
  const bySituation = new Map<Situation, Assumption[]>([[way.situation, []]]);
  for (const { situation, value } of found)
    bySituation.set(situation, [...(bySituation.get(situation) ?? []), value]);
  for (const [situation, assumptions] of bySituation) addRun(job, run, { ...way, situation }, assumptions);
}

function envOfJob(job: Job, frame: Frame, contexts: Contexts): StaticEnv {
  const { workflow, audit } = frame;
  const around = (place: Place): Surroundings => ({
    file: workflow.file,
    place,
    gaps: audit.gaps,
    scope: scopeOf(contexts),
  });
  const ofWorkflow = envWith(valueAt(workflow.root, 'env'), around('workflow-env'), NO_ENV);
  return envWith(valueAt(job.node, 'env'), around('job-env'), ofWorkflow);
}

function addRun(job: Job, run: Run, way: Way<NamedEnvironment>, assumptions: readonly Assumption[]): void {
  const { frame, token, runner } = run;
  const { started, caller, workflow } = frame;
  const { situation, value: environment } = way;
  const at = { file: workflow.file, line: job.line };
  const draft: DraftRun = {
    workflow: started.workflow.file,
    job: caller?.job ?? job.id,
    at: caller?.at ?? at,
    called: caller === undefined ? undefined : { file: workflow.file, job: job.id, at },
    event: started.run.event,
    ref: toValue(started.run.ref, situation),
    environment: environment.value,
    fork: started.run.fork,
    token,
    assumptions,
    hypotheses: [...situation.hypotheses].sort(),
  };
  const branches = [started.run.baseRef, started.run.headRef].map((ref) => toValue(ref, situation).shown);
  frame.audit.runs.add(draft, [runner.shown, ...branches], () =>
    claimsOf({
      started,
      situation,
      environment: environment.value,
      withoutDeployment: environment.withoutDeployment,
      jobWorkflowRef: caller === undefined ? undefined : calledWorkflowRef(workflow.file, started),
      runner,
    }),
  );
}

/** The labels of `runs-on`; undefined when they are not known. */
function labelsOf(
  node: YamlNode | undefined,
  frame: Frame,
  matrix: Combination,
  situation: Situation,
): readonly string[] | undefined {
  if (node === undefined || node.kind === 'map') return undefined;
  const [way, ...others] = evaluateNode(node, surroundingsOf(frame, 'environment', matrix), situation);
  if (way?.value.kind !== 'data' || others.length > 0) return undefined;
  const { data } = way.value;
  return Array.isArray(data) ? data.map(textOfData) : [textOfData(data)];
}
