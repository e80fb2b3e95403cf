import { parseTrustPolicy, type TrustPolicy } from '../../../trust/document.ts';
import type { YamlNode } from '../../yaml/read-yaml.ts';
import { entriesOf, itemsOf, textOf, valueAt } from '../../yaml/yaml-node.ts';
import { jsonOf } from '../tree/node.ts';
import { readJson } from '../tree/read-json.ts';
import type { PolicyLines } from './role.ts';

/** A trust policy with the lines of its parts, or why it is not read. */
export type PolicyOfNode =
  | { readonly policy: TrustPolicy; readonly line: number; readonly lines: PolicyLines }
  | { readonly refused: string; readonly line: number };

/**
 * Reads a trust policy where a document has it: as an object, as JSON in a text (Terraform), or as JSON in a URL-encoded
 * text (IAM API Reference, "GetRole").
 */
export function policyOfNode(node: YamlNode): PolicyOfNode {
  const text = textOf(node);
  if (text !== undefined) return policyOfText(text, node.line);
  const policy = parseTrustPolicy(jsonOf(node));
  if ('unreadable' in policy) return { refused: policy.unreadable, line: node.line };
  return { policy, line: node.line, lines: linesOf(node, (line) => line) };
}

function policyOfText(text: string, line: number): PolicyOfNode {
  const json = text.trimStart().startsWith('%7B') ? decoded(text) : text;
  const node = readJson(json);
  if ('what' in node) return { refused: node.what, line };
  const policy = parseTrustPolicy(json);
  if ('unreadable' in policy) return { refused: policy.unreadable, line };
  return { policy, line, lines: linesOf(node, () => line) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param lineIn the line in the file of a line in the policy */
function linesOf(node: YamlNode, lineIn: (line: number) => number): PolicyLines {
  const statements = itemsOf(valueAt(node, 'Statement'));
  return {
    statements: statements.map(({ line }) => lineIn(line)),
    values: statements.map(
      (statement) =>
        new Map(
          entriesOf(valueAt(statement, 'Condition'))
            .flatMap(({ value }) => entriesOf(value))
            .flatMap(({ value }) => itemsOf(value))
            .map((value) => [textOf(value) ?? '', lineIn(value.line)]),
        ),
    ),
  };
}
