import { ANYTHING, type Language } from '../../texts/language.ts';
import { join, known, unknown, type Value } from '../../texts/value.ts';

/** Around the number of an unknown part in a text: private-use characters, which no template has. */
const [OPEN, CLOSE] = ['\uE000', '\uE001'];
const PART = /\uE000(\d+)\uE001/g;
const OWN_ACCOUNT = `${OPEN}0${CLOSE}`;
const OWN_PARTITION = `${OPEN}1${CLOSE}`;

/** Whether a text could be taken for one with unknown parts. */
export function hasMarks(text: string): boolean {
  return text.includes(OPEN) || text.includes(CLOSE);
}

/**
 * The unknown parts of a document's texts, such as parameters without a default value. A text has a mark in place of each,
 * so that it stays a text while a template is resolved and a policy is parsed.
 */
export class Unknowns {
  readonly #values: Value[] = [
    unknown('(its account)', 'the account depends on where the stack is deployed'),
    unknown('(its partition)', 'the partition depends on where the stack is deployed'),
  ];
  readonly ownAccount = OWN_ACCOUNT;
  readonly ownPartition = OWN_PARTITION;

  /** The mark of a new unknown part. */
  add(shown: string, reason: string, language: Language = ANYTHING): string {
    this.#values.push(unknown(shown, reason, language));
    return `${OPEN}${this.#values.length - 1}${CLOSE}`;
  }

  /** The parts of a text with marks, known and unknown ones. */
  partsOf(text: string): readonly Value[] {
    if (!hasMarks(text)) return [known(text)];
    return text.split(PART).map((part, index) => {
      if (index % 2 === 0) return known(part);
      return this.#values[Number(part)] ?? unknown('?', 'it is not known');
    });
  }

  /** What is known of a text with marks. */
  valueOf(text: string): Value {
    return hasMarks(text) ? join(...this.partsOf(text)) : known(text);
  }

  /** A text with marks for people. */
  shown(text: string): string {
    return this.valueOf(text).shown;
  }
}

/** Replaces the marks of a document's own account and partition. */
export function inAccount(
  text: string,
  accountId: string | undefined,
  partition: string | undefined,
): string {
  if (!hasMarks(text)) return text;
  const withAccount = accountId === undefined ? text : text.replaceAll(OWN_ACCOUNT, accountId);
  return partition === undefined ? withAccount : withAccount.replaceAll(OWN_PARTITION, partition);
}

/** Whether a part of an ARN is the document's own account. */
export function isOwnAccount(text: string): boolean {
  return text === OWN_ACCOUNT;
}

/** Whether a part of an ARN is the document's own partition. */
export function isOwnPartition(text: string): boolean {
  return text === OWN_PARTITION;
}
