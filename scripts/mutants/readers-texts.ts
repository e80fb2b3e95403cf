/**
 * Leaves texts for people out: string literals of three words or more. A test that repeats a sentence finds no mistake in
 * it. Texts that the code compares stay.
 */
import type { Ignorer } from '@stryker-mutator/api/ignore';

/** The part of a Babel path and its node that is read here. */
interface SyntaxPath {
  readonly node: {
    readonly type: string;
    readonly value?: unknown;
    readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
    readonly expressions?: readonly { readonly type: string }[];
  };
  readonly parent?: { readonly type: string };
}

const SENTENCE = /\w\S* \S*\w\S* \S*\w/;
const COMPARISONS = ['BinaryExpression', 'SwitchCase', 'ArrayExpression', 'TSLiteralType'];
/** Expressions in a template without code that a mutant could change. */
const PLAIN = ['Identifier', 'MemberExpression'];

export const readersTexts: Ignorer = {
  shouldIgnore(path) {
    const { node, parent } = path as SyntaxPath;
    if (COMPARISONS.includes(parent?.type ?? '')) return undefined;
    return SENTENCE.test(textOf(node)) ? 'a text for people' : undefined;
  },
};

/** The text of a literal; empty for other nodes, and for a template with code of its own. */
function textOf({ type, value, quasis = [], expressions = [] }: SyntaxPath['node']): string {
  if (type === 'StringLiteral') return String(value);
  const isPlain = type === 'TemplateLiteral' && expressions.every((one) => PLAIN.includes(one.type));
  return isPlain ? quasis.map(({ value: { raw } }) => raw).join('x') : '';
}
