import { either, exactly } from '../../texts/language.ts';
import type { YamlEntry, YamlNode } from '../../yaml/read-yaml.ts';
import { entriesOf, itemsOf, textOf, valueAt } from '../../yaml/yaml-node.ts';
import { Unknowns } from '../roles/unknowns.ts';
import { jsonOf, onlyEntry } from '../tree/node.ts';
import { conditionOf } from './conditions.ts';
import { attributeOf, referenceTo } from './resources.ts';

/** Functions within functions, and all of them: resources can refer to each other in a cycle. */
const MAX_DEPTH = 50;
const MAX_CALLS = 20_000;
/** More than a trust policy has. */
const MAX_TEXT = 20_000;

/**
 * Resolves the functions of a template. What the template alone does not say becomes an unknown part, with the reason.
 * Parameters have their default values.
 */
export class Resolver {
  readonly template: YamlNode;
  readonly unknowns = new Unknowns();
  #depth = 0;
  #calls = 0;

  constructor(template: YamlNode) {
    this.template = template;
  }

  /** The value without functions; undefined for `AWS::NoValue`, which removes what has it. */
  resolve(node: YamlNode): YamlNode | undefined {
    const { line } = node;
    if (this.#depth > MAX_DEPTH || ++this.#calls > MAX_CALLS)
      return this.#unknown('…', 'there are too many functions', line);
    this.#depth++;
    try {
      return this.#resolve(node);
    } finally {
      this.#depth--;
    }
  }

  #resolve(node: YamlNode): YamlNode | undefined {
    const { line } = node;
    const call = onlyEntry(node);
    if (call !== undefined && /^(Ref|Fn::.+)$/.test(call.key)) return this.#call(call, line);
    if (node.kind === 'list') {
      const items = node.items.map((item) => this.resolve(item)).filter((item) => item !== undefined);
      return { kind: 'list', line, items };
    }
    if (node.kind === 'scalar') return node;
    const entries = node.entries.flatMap((entry) => {
      const value = this.resolve(entry.value);
      return value === undefined ? [] : [{ ...entry, value }];
    });
    return { kind: 'map', line, entries };
  }

  /** The text of a value; undefined for `AWS::NoValue`. Maps and lists have none, and are an unknown part. */
  text(node: YamlNode): string | undefined {
    const resolved = this.resolve(node);
    if (resolved === undefined) return undefined;
    return textOf(resolved) ?? this.unknowns.add('…', 'a value that is not a text');
  }

  /** The items of a list; undefined where they are not known. */
  list(node: YamlNode): readonly string[] | undefined {
    const resolved = this.resolve(node);
    if (resolved?.kind !== 'list') return undefined;
    return resolved.items.map((item) => textOf(item) ?? this.unknowns.add('…', 'a value that is not a text'));
  }

  #call({ key, value }: YamlEntry, line: number): YamlNode | undefined {
    switch (key) {
      case 'Ref':
        return this.#ref(textOf(value) ?? '', line);
      case 'Fn::Sub':
        return this.#short(this.#sub(value), line);
      case 'Fn::Join':
        return this.#join(value, line);
      case 'Fn::GetAtt':
        return scalar(this.#attribute(nameOfAttribute(value)), line);
      case 'Fn::If':
        return this.#if(value, line);
      case 'Fn::Select':
        return this.#select(value, line);
      case 'Fn::Split':
        return this.#split(value, line);
      case 'Fn::FindInMap':
        return this.#find(value, line);
      default:
        return this.#unknown(`${key}`, `${key} has its value only when the template is deployed`, line);
    }
  }

  #ref(name: string, line: number): YamlNode | undefined {
    if (name === 'AWS::NoValue') return undefined;
    const parameter = valueAt(this.template, 'Parameters', name);
    return parameter === undefined
      ? scalar(this.#nameOrReference(name), line)
      : this.#parameter(name, parameter, line);
  }

  #parameter(name: string, parameter: YamlNode, line: number): YamlNode {
    const [type, given] = [textOf(valueAt(parameter, 'Type')) ?? '', valueAt(parameter, 'Default')];
    const fallback = textOf(given);
    const shown = `\${${name}}`;
    if (type.startsWith('AWS::SSM::'))
      return this.#unknown(shown, `the parameter ${name} has its value in Parameter Store`, line);
    if (fallback === undefined) {
      const allowed = itemsOf(valueAt(parameter, 'AllowedValues')).map((item) => textOf(item) ?? '');
      const language = allowed.length === 0 ? undefined : either(...allowed.map(exactly));
      return scalar(this.unknowns.add(shown, `the parameter ${name} has no default value`, language), line);
    }
    if (!/List/.test(type)) return scalar(fallback, line);
    const items = fallback.split(',').map((item) => scalar(item.trim(), line));
    return { kind: 'list', line, items };
  }

  /** A pseudo parameter, or the reference to a resource. */
  #nameOrReference(name: string): string {
    const { unknowns } = this;
    if (name === 'AWS::AccountId') return unknowns.ownAccount;
    if (name === 'AWS::Partition') return unknowns.ownPartition;
    if (name.startsWith('AWS::'))
      return unknowns.add(`\${${name}}`, `${name} depends on where the stack is deployed`);
    return (
      referenceTo(name, this) ?? unknowns.add(`\${${name}}`, `${name} has its ID only when it is deployed`)
    );
  }

  #attribute(name: string): string {
    const [resource = '', attribute = ''] = name.split(/\.(.*)/s);
    return (
      attributeOf(resource, attribute, this) ??
      this.unknowns.add(`\${${name}}`, `${name} has its value only when it is deployed`)
    );
  }

  #sub(value: YamlNode): string {
    const [text, own] = value.kind === 'list' ? value.items : [value, undefined];
    const template = text === undefined ? undefined : textOf(text);
    if (template === undefined) return this.unknowns.add('Fn::Sub', 'Fn::Sub without a text');
    return template.replaceAll(/\$\{(!?)([^{}]*)\}/g, (_all, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      const given = entriesOf(own).find(({ key }) => key === name.trim())?.value;
      if (given !== undefined) return this.text(given) ?? '';
      return this.#named(name.trim());
    });
  }

  #named(name: string): string {
    if (name.includes('.')) return this.#attribute(name);
    return textOf(this.#ref(name, 1)) ?? this.unknowns.add(`\${${name}}`, `${name} is not a text`);
  }

  #join(value: YamlNode, line: number): YamlNode {
    const [delimiter, list] = itemsOf(value);
    const items = list === undefined ? undefined : this.list(list);
    if (items === undefined) return this.#unknown('Fn::Join', 'Fn::Join of a list that is not known', line);
    return this.#short(items.join(textOf(delimiter) ?? ''), line);
  }

  #if(value: YamlNode, line: number): YamlNode | undefined {
    const [name, whenTrue, whenFalse] = itemsOf(value);
    const condition = conditionOf(textOf(name) ?? '', this);
    const [yes, no] = [whenTrue, whenFalse].map((branch) => branch && this.resolve(branch));
    if (condition !== undefined) return condition ? yes : no;
    if (yes !== undefined && no !== undefined && jsonOf(yes) === jsonOf(no)) return yes;
    return this.#unknown(`Fn::If ${textOf(name)}`, `the condition ${textOf(name)} is not known`, line);
  }

  #select(value: YamlNode, line: number): YamlNode {
    const [index, list] = itemsOf(value);
    const items = list === undefined ? undefined : this.list(list);
    const item = items?.[Number(index === undefined ? Number.NaN : this.text(index))];
    return item === undefined
      ? this.#unknown('Fn::Select', 'Fn::Select of a list that is not known', line)
      : scalar(item, line);
  }

  #split(value: YamlNode, line: number): YamlNode {
    const [delimiter, node] = itemsOf(value);
    const text = node === undefined ? undefined : this.text(node);
    const separator = textOf(delimiter);
    if (text === undefined || !separator || this.unknowns.valueOf(text).kind !== 'known')
      return this.#unknown('Fn::Split', 'Fn::Split of a text that is not known', line);
    return { kind: 'list', line, items: text.split(separator).map((part) => scalar(part, line)) };
  }

  #find(value: YamlNode, line: number): YamlNode | undefined {
    const keys = itemsOf(value)
      .slice(0, 3)
      .map((key) => this.text(key) ?? '');
    const found = keys.length === 3 ? valueAt(this.template, 'Mappings', ...keys) : undefined;
    return found ?? this.#unknown('Fn::FindInMap', 'Fn::FindInMap with keys that are not known', line);
  }

  #short(text: string, line: number): YamlNode {
    return text.length > MAX_TEXT ? this.#unknown('…', 'the text is too long', line) : scalar(text, line);
  }

  #unknown(shown: string, reason: string, line: number): YamlNode {
    return scalar(this.unknowns.add(shown, reason), line);
  }
}

function scalar(value: string, line: number): YamlNode {
  return { kind: 'scalar', line, value };
}

/** `Provider.Arn`, or a list of the two. */
function nameOfAttribute(value: YamlNode): string {
  return itemsOf(value)
    .map((part) => textOf(part) ?? '')
    .join('.');
}
