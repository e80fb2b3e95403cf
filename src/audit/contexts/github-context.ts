import { defaultBranchOf, type EventRun, isObjectOf } from '../events/event-run.ts';
import { type Choice, type Datum, dataOf, joined, NULL, openOf, textOfData } from '../expressions/datum.ts';
import { memberAt } from '../expressions/evaluate.ts';
import { anyText } from '../expressions/situation.ts';
import type { Facts } from '../model/types.ts';
import { DIGITS } from '../texts/language.ts';
import type { Members } from './matrix.ts';

/** The workflow that an event triggers. In called workflows, too, `github` describes this one. */
export interface Started {
  readonly facts: Facts;
  readonly run: EventRun;
  readonly workflow: { readonly file: string; readonly name: string };
  /** The inputs of `workflow_dispatch`, by name in lower case. */
  readonly inputs: Members;
}

/** `OWNER/NAME/.github/workflows/FILE@REF` */
export function workflowRefOf({ facts, run, workflow }: Started): Datum {
  return joined([`${facts.repository}/${workflow.file}@`, run.ref]);
}

/** The ID of the repository or its owner. */
export function idOf(facts: Facts, which: 'repositoryId' | 'ownerId'): Datum {
  const id = facts[which];
  if (id !== undefined) return dataOf(id);
  const input = which === 'ownerId' ? 'owner-id' : 'repository-id';
  const variable = which === 'ownerId' ? 'github.repository_owner_id' : 'github.repository_id';
  return openOf(variable, {
    kind: 'unknown',
    choices: [{ language: DIGITS, shown: `\${{ ${variable} }}` }],
    reason: `${input} is not known`,
  });
}

type Read = (started: Started) => Datum;

const MEMBERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['base_ref', ({ run }) => run.baseRef],
  ['event_name', ({ run }) => dataOf(run.event)],
  ['head_ref', ({ run }) => run.headRef],
  ['ref', ({ run }) => run.ref],
  ['ref_name', ({ run }) => run.refName],
  ['ref_type', ({ run }) => run.refType],
  ['repository', ({ facts }) => dataOf(facts.repository)],
  ['repository_id', ({ facts }) => idOf(facts, 'repositoryId')],
  ['repository_owner', ({ facts }) => dataOf(facts.repository.split('/')[0] ?? '')],
  ['repository_owner_id', ({ facts }) => idOf(facts, 'ownerId')],
  [
    'server_url',
    ({ facts }) =>
      facts.server === 'ghes' ? varying(['github', 'server_url']) : dataOf('https://github.com'),
  ],
  ['workflow', ({ workflow }) => dataOf(workflow.name)],
  ['workflow_ref', workflowRefOf],
]);

/** The member of the context `github` at a path, in lower case (GitHub Docs, "Contexts reference", "github context"). */
export function gitHubMember(started: Started, path: readonly string[]): Datum {
  const [first = '', ...rest] = path;
  if (first === 'event') return eventMember(started, rest);
  const read = MEMBERS.get(first);
  return read === undefined ? varying(['github', ...path]) : memberAt(read(started), rest);
}

function eventMember({ facts, run, inputs }: Started, path: readonly string[]): Datum {
  const [first, second] = path;
  if (first === 'inputs' && second !== undefined && path.length === 2 && run.event === 'workflow_dispatch')
    return asText(inputs.get(second) ?? NULL);
  for (let length = path.length; length > 0; length--) {
    const found = run.payload.get(path.slice(0, length).join('.'));
    if (found !== undefined) return memberAt(found, path.slice(length));
  }
  if (path.length === 1 && isObjectOf(run.event, path[0] ?? '')) return dataOf({});
  const [owner = '', name = ''] = facts.repository.split('/');
  switch (path.join('.')) {
    case 'repository.default_branch':
      return defaultBranchOf(facts);
    case 'repository.full_name':
      return dataOf(facts.repository);
    case 'repository.name':
      return dataOf(name);
    case 'repository.owner.login':
    case 'repository.owner.name':
      return dataOf(owner);
    case 'ref':
      return run.event === 'push' ? run.ref : varying(['github', 'event', ...path]);
  }
  return path.length === 0 ? NULL : varying(['github', 'event', ...path]);
}

/** The payload has all inputs as strings. */
function asText(datum: Datum): Datum {
  if (datum.kind === 'data') return datum.data === null ? datum : dataOf(textOfData(datum.data));
  const [hole, ...others] = datum.parts;
  if (typeof hole !== 'object' || others.length > 0 || hole.domain.choices.every(isText)) return datum;
  const choices = hole.domain.choices.map((choice) =>
    'data' in choice ? { data: textOfData(choice.data) } : choice,
  );
  return openOf(`github.event.${hole.variable}`, { ...hole.domain, choices });
}

const isText = (choice: Choice) => !('data' in choice) || typeof choice.data === 'string';

/** A value that differs from run to run. */
function varying(path: readonly string[]): Datum {
  const variable = path.join('.');
  return openOf(variable, anyText('varies', variable, `${variable} differs from run to run`));
}
