import { type Choice, type Datum, dataOf, joined, openOf } from '../expressions/datum.ts';
import { ANY_NAME } from '../texts/filter-pattern.ts';
import { exactly, sequence } from '../texts/language.ts';
import { valueAt } from '../yaml/yaml-node.ts';
import { defaultBranchOf, type EventRun, eventRun, type Reading, refFields, refName } from './event-run.ts';
import { branchesOfPullRequest, onGhes, onPullRequest } from './pull-request-runs.ts';
import { ANY_BRANCH, namesByFilter, oneOfTexts, runsFor, textsOf } from './triggers.ts';

/**
 * Events that run on the default branch (GitHub Docs, "Events that trigger workflows", column GITHUB_REF).
 * `pull_request_target` runs there since December 2025.
 */
const ON_DEFAULT_BRANCH = new Set([
  'branch_protection_rule',
  'check_run',
  'check_suite',
  'delete',
  'discussion',
  'discussion_comment',
  'fork',
  'gollum',
  'image_version',
  'issue_comment',
  'issues',
  'label',
  'milestone',
  'page_build',
  'project',
  'project_card',
  'project_column',
  'public',
  'pull_request_target',
  'repository_dispatch',
  'schedule',
  'status',
  'watch',
  'workflow_run',
]);

/** The kinds of runs of a trigger; none for `workflow_call`. */
export function eventRunsOf(reading: Reading): EventRun[] {
  const { trigger, facts, addGap } = reading;
  const { event, line } = trigger;
  if (event === 'workflow_call') return [];
  if (event !== 'push' && namesByFilter(trigger, 'branches', addGap).length === 0) return [];
  if (event === 'pull_request_target' && facts.server === 'ghes') return [onGhes(reading)];
  if (ON_DEFAULT_BRANCH.has(event)) return [onDefaultBranch(reading)];
  switch (event) {
    case 'push':
      return [...onNames(reading, 'branches'), ...onNames(reading, 'tags')];
    case 'create':
    case 'registry_package':
    case 'workflow_dispatch':
      return [...onAnyName(reading, 'heads'), ...onAnyName(reading, 'tags')];
    case 'release':
      return onAnyName(reading, 'tags');
    case 'deployment':
    case 'deployment_status':
      return [...onAnyName(reading, 'heads'), ...onAnyName(reading, 'tags'), withoutRef(reading)];
    case 'merge_group':
      return onMergeGroup(reading);
    case 'pull_request':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return onPullRequest(reading);
  }
  addGap({ line, what: `the event ${event} is not supported` });
  return [];
}

function onNames(reading: Reading, filter: 'branches' | 'tags'): EventRun[] {
  if (!runsFor(reading.trigger, filter)) return [];
  const kind = filter === 'branches' ? 'heads' : 'tags';
  return namesByFilter(reading.trigger, filter, reading.addGap).map((choice) =>
    eventRun(
      reading,
      refFields(
        kind,
        refName(choice, `the event runs for each ${kind === 'heads' ? 'branch' : 'tag'} that is pushed`),
      ),
    ),
  );
}

function onAnyName(reading: Reading, kind: 'heads' | 'tags'): EventRun[] {
  const reason = `a ${reading.trigger.event} event can be about any ${kind === 'heads' ? 'branch' : 'tag'}`;
  return [eventRun(reading, refFields(kind, refName(ANY_BRANCH, reason)))];
}

/** A deployment of a commit has no ref (GitHub Docs, "Events that trigger workflows", "deployment"). */
function withoutRef(reading: Reading): EventRun {
  return eventRun(reading, { ref: dataOf(''), refName: dataOf(''), refType: dataOf(''), subject: 'unclear' });
}

function onDefaultBranch(reading: Reading): EventRun {
  const { trigger, facts } = reading;
  const fields = refFields('heads', defaultBranchOf(facts));
  if (trigger.event === 'pull_request_target') {
    const { baseRef, headRef, payload } = branchesOfPullRequest(reading);
    return eventRun(reading, { ...fields, baseRef, headRef, payload });
  }
  const payload = new Map<string, Datum>();
  if (trigger.event === 'schedule') {
    const items = trigger.settings?.kind === 'list' ? trigger.settings.items : [];
    const times = items.flatMap((item) => textsOf(valueAt(item, 'cron')));
    if (times.length > 0)
      payload.set(
        'schedule',
        openOf('github.event.schedule', oneOfTexts(times, 'the workflow has several schedules')),
      );
  }
  if (trigger.event === 'workflow_run') {
    const choices = namesByFilter(trigger, 'branches');
    const reason = 'each run of the other workflow has its own branch';
    payload.set(
      'workflow_run.head_branch',
      openOf('github.event.workflow_run.head_branch', { kind: 'varies', choices, reason }),
    );
  }
  return eventRun(reading, { ...fields, payload });
}

/** The ref is `gh-readonly-queue/BASE/pr-NUMBER-SHA` (GitHub Docs, "Managing a merge queue"). */
function onMergeGroup(reading: Reading): EventRun[] {
  return namesByFilter(reading.trigger, 'branches').map((base) => {
    const [language, shown] =
      'data' in base ? [exactly(String(base.data)), String(base.data)] : [base.language, base.shown];
    const choice: Choice = {
      language: sequence(exactly('gh-readonly-queue/'), language, exactly('/'), ANY_NAME),
      shown: `gh-readonly-queue/${shown}/*`,
    };
    const fields = refFields('heads', refName(choice, 'each merge group has its own branch'));
    const baseRef = openOf('github.event.merge_group.base_ref', {
      kind: 'varies',
      choices: [base],
      reason: 'each merge group has its own base branch',
    });
    return eventRun(reading, {
      ...fields,
      payload: new Map([['merge_group.base_ref', joined(['refs/heads/', baseRef])]]),
    });
  });
}
