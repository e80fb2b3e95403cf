import { type Choice, type Datum, dataOf, joined, NULL, openOf } from '../expressions/datum.ts';
import type { Facts, Gap } from '../model/types.ts';
import { valueAt } from '../yaml/yaml-node.ts';
import { ANY_BRANCH, oneOfTexts, type Trigger, textsOf } from './triggers.ts';

/** One kind of run of a trigger. */
export interface EventRun {
  readonly event: string;
  readonly fork: boolean;
  readonly ref: Datum;
  readonly refName: Datum;
  readonly refType: Datum;
  readonly baseRef: Datum;
  readonly headRef: Datum;
  /** The subject of a job without an environment; `unclear` where GitHub does not document it. */
  readonly subject: 'ref' | 'pull_request' | 'unclear';
  /** Members of `github.event` by path: `pull_request.merged`. Members of a null member are null. */
  readonly payload: ReadonlyMap<string, Datum>;
}

/** Members of `github.event` and the only events that have them. */
const ONLY_WITH: Readonly<Record<string, readonly string[]>> = {
  client_payload: ['repository_dispatch'],
  comment: ['issue_comment', 'discussion_comment', 'pull_request_review_comment'],
  deployment: ['deployment', 'deployment_status'],
  inputs: ['workflow_dispatch'],
  issue: ['issues', 'issue_comment'],
  merge_group: ['merge_group'],
  pull_request: ['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'],
  release: ['release'],
  review: ['pull_request_review'],
  schedule: ['schedule'],
  workflow_run: ['workflow_run'],
};

/** Whether the event has the member and it is an object, which is truthy. */
export function isObjectOf(event: string, member: string): boolean {
  return member !== 'schedule' && (ONLY_WITH[member]?.includes(event) ?? false);
}

const WITHOUT_ACTION = ['push', 'schedule', 'workflow_dispatch', 'create', 'delete', 'deployment', 'status'];

/** A trigger and what is needed to read it. */
export interface Reading {
  readonly trigger: Trigger;
  readonly facts: Facts;
  readonly addGap: (gap: Omit<Gap, 'file'>) => void;
}

/** The default branch, which is never guessed. */
export function defaultBranchOf({ defaultBranch }: Facts): Datum {
  if (defaultBranch !== undefined) return dataOf(defaultBranch);
  const reason = 'the default branch is not known; set default-branch';
  return openOf('the default branch', { kind: 'unknown', choices: [ANY_BRANCH], reason });
}

export type RefFields = Pick<EventRun, 'ref' | 'refName' | 'refType'>;

/** The ref of a branch or tag. */
export function refFields(kind: 'heads' | 'tags', name: Datum): RefFields {
  return {
    ref: joined([`refs/${kind}/`, name]),
    refName: name,
    refType: dataOf(kind === 'heads' ? 'branch' : 'tag'),
  };
}

/** A run with the defaults of its event. */
export function eventRun({ trigger }: Reading, fields: RefFields & Partial<EventRun>): EventRun {
  const { event, settings } = trigger;
  const types = textsOf(valueAt(settings, 'types'));
  const started = event === 'pull_request' || event === 'pull_request_target';
  const actions = types.length > 0 || !started ? types : ['opened', 'synchronize', 'reopened'];
  const payload = new Map<string, Datum>();
  for (const [member, events] of Object.entries(ONLY_WITH))
    if (!events.includes(event)) payload.set(member, NULL);
  if (WITHOUT_ACTION.includes(event)) payload.set('action', NULL);
  else if (actions.length > 0)
    payload.set(
      'action',
      openOf('github.event.action', oneOfTexts(actions, 'the event has several activity types')),
    );
  return {
    event,
    fork: false,
    baseRef: dataOf(''),
    headRef: dataOf(''),
    subject: 'ref',
    ...fields,
    payload: new Map([...payload, ...(fields.payload ?? [])]),
  };
}

/** The name of a branch or tag that a filter lets through. */
export function refName(choice: Choice, reason: string): Datum {
  return openOf('github.ref_name', { kind: 'varies', choices: [choice], reason });
}
