import { type Datum, dataOf, type Json, NULL, textOfData } from '../expressions/datum.ts';
import { evaluateNode } from '../expressions/evaluate-node.ts';
import { byChoice, knownData } from '../expressions/resolve.ts';
import { follow, oneWay, type Situation, type Way } from '../expressions/situation.ts';
import { testTruth } from '../expressions/tests.ts';
import { valueAt, valueIgnoringCase } from '../yaml/yaml-node.ts';
import { type Step, surroundingsOf } from './step.ts';

/** Inputs that both actions also read from an environment variable of the same name. */
const FROM_ENVIRONMENT = new Set([
  'allowed-account-ids',
  'aws-region',
  'force-skip-oidc',
  'role-chaining',
  'role-to-assume',
  'web-identity-token-file',
]);

/** Reads the inputs of a step that assumes a role. */
export class StepInputs {
  readonly #step: Step;
  readonly #fromEnvironment: ReadonlySet<string>;

  /** @param also further inputs that are read from variables; undefined when this version reads none */
  constructor(step: Step, also: readonly string[] | undefined) {
    this.#step = step;
    const off = /^false$/i.test(String(this.#literal('translate-env-variables')).trim());
    this.#fromEnvironment = off || also === undefined ? new Set() : new Set([...FROM_ENVIRONMENT, ...also]);
  }

  #literal(name: string): Json {
    const node = valueIgnoringCase(valueAt(this.#step.node, 'with'), name);
    return node?.kind === 'scalar' ? node.value : null;
  }

  /** Whether the step has the input under `with`. */
  has(name: string): boolean {
    return valueIgnoringCase(valueAt(this.#step.node, 'with'), name) !== undefined;
  }

  /** The value of an input; an empty text without one. */
  read(name: string, situation: Situation): Way<Datum>[] {
    const node = valueIgnoringCase(valueAt(this.#step.node, 'with'), name);
    const own =
      node === undefined
        ? oneWay(situation, NULL)
        : evaluateNode(node, surroundingsOf(this.#step), situation);
    return follow(own, (way) => {
      const datum = knownData(way.value, way.situation);
      if (datum.kind !== 'data') return oneWay(way.situation, datum);
      const text = textOfData(datum.data).trim();
      if (text !== '') return oneWay(way.situation, dataOf(text));
      return this.#fromVariable(name, way.situation) ?? oneWay(way.situation, dataOf(''));
    });
  }

  #fromVariable(name: string, situation: Situation): readonly Way<Datum>[] | undefined {
    if (!this.#fromEnvironment.has(name)) return undefined;
    return this.#step.env(name.toUpperCase().replaceAll('-', '_'), situation);
  }

  /** The value of an input, one outcome for each choice. */
  readEach(name: string, situation: Situation): Way<Datum>[] {
    return follow(this.read(name, situation), (way) => byChoice(way.value, way.situation)).map((way) => ({
      ...way,
      value: knownData(way.value, way.situation),
    }));
  }

  /**
   * Splits a situation by whether an input has a value. An input from a secret has one: a step with keys from secrets does
   * not present a token.
   */
  given(name: string, situation: Situation): Way<boolean>[] {
    return follow(this.read(name, situation), (way) => {
      const { value: datum } = way;
      const fromSecret =
        datum.kind === 'open' &&
        datum.parts.some((part) => typeof part === 'object' && /^secrets\./.test(part.variable));
      return fromSecret ? oneWay(way.situation, true) : testTruth(way.situation, datum);
    });
  }
}
