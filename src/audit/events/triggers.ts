import type { Choice, Domain } from '../expressions/datum.ts';
import type { Gap } from '../model/types.ts';
import { ANY_NAME, isPlainName, namesOf } from '../texts/filter-pattern.ts';
import { both, contains, either, type Language, NOTHING, not } from '../texts/language.ts';
import type { YamlNode } from '../yaml/read-yaml.ts';
import { entriesOf, entryOf, itemsOf, textOf, valueAt } from '../yaml/yaml-node.ts';

/** An event under `on` with its filters. */
export interface Trigger {
  readonly event: string;
  readonly line: number;
  readonly settings: YamlNode | undefined;
}

/** The events of a workflow: `on: push`, `on: [push, pull_request]` or a map. */
export function readTriggers(on: YamlNode | undefined): Trigger[] {
  if (on?.kind === 'map')
    return on.entries.map(({ key, line, value }) => ({ event: key, line, settings: value }));
  return itemsOf(on).flatMap((item) => {
    const event = textOf(item);
    return event === undefined ? [] : [{ event, line: item.line, settings: undefined }];
  });
}

/** The texts of a list. */
export function textsOf(node: YamlNode | undefined): string[] {
  return itemsOf(node).flatMap((item) => textOf(item) ?? []);
}

export const ANY_BRANCH: Choice = { language: ANY_NAME, shown: '**' };

/** Whether the filters of a push let branches, or tags, through. */
export function runsFor({ settings }: Trigger, kind: 'branches' | 'tags'): boolean {
  const has = (name: string) =>
    entryOf(settings, name) !== undefined || entryOf(settings, `${name}-ignore`) !== undefined;
  // GitHub Docs, "Workflow syntax": a filter for only one of the two excludes the other; without a filter both run.
  return has(kind) || !(has('branches') || has('tags'));
}

/**
 * The names that the filters for branches or tags let through, one choice for each pattern. `!pattern` excludes names from the
 * patterns before it.
 */
export function namesByFilter(
  { settings, event }: Trigger,
  kind: 'branches' | 'tags',
  addGap: (gap: Omit<Gap, 'file'>) => void = () => {},
): readonly Choice[] {
  const ignored = textsOf(valueAt(settings, `${kind}-ignore`));
  if (ignored.length > 0) {
    const language = both(ANY_NAME, not(either(...ignored.map(namesOf))));
    return [{ language, shown: `** without ${ignored.join(', ')}` }];
  }
  const filter = entryOf(settings, kind);
  if (filter === undefined) return [ANY_BRANCH];
  const patterns = textsOf(filter.value);
  const choices = patterns.flatMap((pattern, index) => {
    if (pattern.startsWith('!')) return [];
    const later = patterns.slice(index + 1).filter((other) => other.startsWith('!'));
    return choiceOf(
      pattern,
      later.map((other) => other.slice(1)),
    );
  });
  if (choices.length === 0) {
    addGap({
      line: filter.line,
      what: `${kind} of ${event} matches no name, so the event starts no run`,
    });
  }
  return choices;
}

function choiceOf(pattern: string, excluded: readonly string[]): Choice[] {
  const without: Language = excluded.length === 0 ? NOTHING : either(...excluded.map(namesOf));
  if (isPlainName(pattern)) return contains(without, pattern) ? [] : [{ data: pattern }];
  const shown = excluded.length === 0 ? pattern : `${pattern} without ${excluded.join(', ')}`;
  return [{ language: both(namesOf(pattern), not(without)), shown }];
}

/** The inputs that `workflow_dispatch` or `workflow_call` declares. */
export function inputsOf({ settings }: Trigger): readonly { name: string; node: YamlNode }[] {
  return entriesOf(valueAt(settings, 'inputs')).map(({ key, value }) => ({ name: key, node: value }));
}

/** A domain of several texts. */
export function oneOfTexts(texts: readonly string[], reason: string): Domain {
  return { kind: 'varies', choices: texts.map((text) => ({ data: text })), reason };
}
