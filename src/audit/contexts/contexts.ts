import { type Datum, type Domain, dataOf, NULL, openOf } from '../expressions/datum.ts';
import { memberAt, type Scope } from '../expressions/evaluate.ts';
import { anyText, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import type { Facts } from '../model/types.ts';
import { gitHubMember, type Started } from './github-context.ts';
import type { Combination, Members } from './matrix.ts';

/** The environment of a job, which can override variables and secrets. */
export interface JobEnvironment {
  /** Undefined when the name is not known. */
  readonly name: string | undefined;
}

/** The values of the contexts. */
export interface Contexts {
  readonly started: Started;
  readonly inputs: Members;
  /** The secrets that a called workflow receives; undefined for all of the repository. */
  readonly secrets: Members | undefined;
  /** Undefined for a job without one, and before it is evaluated. */
  readonly environment: JobEnvironment | undefined;
  readonly matrix: Combination;
  readonly env: (name: string, situation: Situation) => readonly Way<Datum>[];
}

/** The scope of the evaluator. */
export function scopeOf(contexts: Contexts): Scope {
  return (path, situation) => {
    const [context = '', first = '', ...rest] = path;
    const name = first.toLowerCase();
    const member = (datum: Datum) => oneWay(situation, memberAt(datum, rest));
    switch (context) {
      case 'github':
        return oneWay(
          situation,
          gitHubMember(
            contexts.started,
            path.slice(1).map((one) => one.toLowerCase()),
          ),
        );
      case 'vars':
        return member(settingOf('vars', first, contexts));
      case 'secrets':
        return member(secretOf(first, contexts));
      case 'inputs':
        return member(first === '' ? inTheRun(path) : (contexts.inputs.get(name) ?? NULL));
      case 'matrix':
        if (first === '') return oneWay(situation, inTheRun(path));
        return member(
          contexts.matrix.members.get(name) ?? (contexts.matrix.complete ? NULL : inTheRun(path.slice(0, 2))),
        );
      case 'env':
        return first === '' ? oneWay(situation, inTheRun(path)) : contexts.env(first, situation);
      case 'needs':
        return oneWay(situation, rest[0] === 'result' ? resultOf(path) : inTheRun(path));
    }
    return oneWay(situation, inTheRun(path));
  };
}

const RESULTS = ['success', 'failure', 'cancelled', 'skipped'];

function resultOf(path: readonly string[]): Datum {
  const choices = RESULTS.map((data) => ({ data }));
  return openOf(path.join('.'), {
    kind: 'varies',
    choices,
    reason: 'the result of the job differs from run to run',
  });
}

/** A value that only the run has: an output, a matrix that a job creates. */
function inTheRun(path: readonly string[]): Datum {
  const variable = path.join('.');
  return openOf(variable, anyText('unknown', variable, `${variable} is known only at run time`));
}

/** A variable or secret. The environment overrides the repository. */
function settingOf(kind: 'vars' | 'secrets', name: string, { started, environment }: Contexts): Datum {
  const { facts } = started;
  const variable = `${kind}.${name}`;
  const reason = `${variable} is not in variables`;
  if (environment === undefined) {
    const found = valueFor(name, facts.variables?.[kind]);
    return found === undefined ? openOf(variable, anyText('unknown', variable, reason)) : dataOf(found);
  }
  if (environment.name === undefined) return ofUnknownEnvironment(kind, name, facts);
  const found =
    valueFor(name, settingsOf(environment.name, facts)?.[kind]) ?? valueFor(name, facts.variables?.[kind]);
  if (found !== undefined) return dataOf(found);
  // The environment can have another value than the repository, which the job's `if` uses.
  const domain: Domain = anyText('unknown', variable, reason);
  return openOf(`${variable} of environment ${environment.name}`, domain);
}

function ofUnknownEnvironment(kind: 'vars' | 'secrets', name: string, facts: Facts): Datum {
  const variable = `${kind}.${name}`;
  const own = valueFor(name, facts.variables?.[kind]);
  const overridden = Object.values(facts.variables?.environments ?? {}).some(
    (settings) => valueFor(name, settings[kind]) !== undefined,
  );
  if (own !== undefined && !overridden) return dataOf(own);
  const reason = overridden
    ? `${variable} depends on the environment, which is not known`
    : `${variable} is not in variables`;
  return openOf(`${variable} of an environment`, anyText('unknown', variable, reason));
}

function settingsOf(environment: string, { variables }: Facts) {
  const wanted = environment.toLowerCase();
  // Environment names are not case sensitive (GitHub Docs, "Managing environments for deployment").
  return Object.entries(variables?.environments ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** A value by its name, compared without case. */
export function valueFor<T>(name: string, values: Readonly<Record<string, T>> | undefined): T | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(values ?? {}).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function secretOf(name: string, contexts: Contexts): Datum {
  const { secrets, environment, started } = contexts;
  if (secrets === undefined) return settingOf('secrets', name, contexts);
  // Secrets of an environment override the passed ones (GitHub Docs, "Reuse workflows").
  const settings = environment?.name === undefined ? undefined : settingsOf(environment.name, started.facts);
  const own = valueFor(name, settings?.secrets);
  if (own !== undefined) return dataOf(own);
  const passed = secrets.get(name.toLowerCase());
  if (passed !== undefined) return passed;
  return environment === undefined ? NULL : settingOf('secrets', name, { ...contexts, secrets: undefined });
}
