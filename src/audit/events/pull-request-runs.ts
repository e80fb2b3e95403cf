import { type Choice, type Datum, type Domain, dataOf, joined, openOf } from '../expressions/datum.ts';
import type { Facts } from '../model/types.ts';
import { DIGITS, exactly, not } from '../texts/language.ts';
import { ignoringCase } from '../texts/relation.ts';
import { valueAt } from '../yaml/yaml-node.ts';
import { type EventRun, eventRun, type Reading, type RefFields, refFields } from './event-run.ts';
import { ANY_BRANCH, namesByFilter, textsOf } from './triggers.ts';

/** GitHub Enterprise Server runs `pull_request_target` on the base branch up to version 3.19, on the default branch since. */
export function onGhes(reading: Reading): EventRun {
  const reason = 'the server uses the base branch up to version 3.19 and the default branch since';
  const domain: Domain = { kind: 'unknown', choices: [ANY_BRANCH], reason };
  return eventRun(reading, {
    ...refFields('heads', openOf('github.ref_name', domain)),
    ...branchesOfPullRequest(reading),
  });
}

/** The runs of pull requests, of the repository itself and of forks. */
export function onPullRequest(reading: Reading): EventRun[] {
  const { event, settings } = reading.trigger;
  const number = openOf('github.event.number', {
    kind: 'varies',
    choices: [{ language: DIGITS, shown: '*' }],
    reason: 'each pull request has its own number',
  });
  const open: RefFields = {
    ref: joined(['refs/pull/', number, '/merge']),
    refName: joined([number, '/merge']),
    // GitHub has only the types branch and tag.
    refType: dataOf('branch'),
  };
  const subject = event === 'pull_request' ? 'pull_request' : 'unclear';
  const { baseRef, headRef, payload } = branchesOfPullRequest(reading);
  const run = (fields: RefFields, own: readonly (readonly [string, Datum])[]) =>
    [false, true].map((fork) => {
      const all = new Map([...payload, ...repositoryOfHead(fork, reading.facts), ...own]);
      return eventRun(reading, { ...fields, fork, subject, baseRef, headRef, payload: all });
    });
  if (event !== 'pull_request' || !textsOf(valueAt(settings, 'types')).includes('closed')) {
    return run(open, event === 'pull_request' ? [['pull_request.merged', dataOf(false)]] : []);
  }
  // A merged pull request runs on the branch that it was merged into (GitHub Docs, "pull_request").
  return [
    ...run(open, [['pull_request.merged', dataOf(false)]]),
    ...run(refFields('heads', baseRef), [
      ['pull_request.merged', dataOf(true)],
      ['action', dataOf('closed')],
    ]),
  ];
}

/** The base and head of a pull request. `branches` filters the base. */
export function branchesOfPullRequest(reading: Reading): Pick<EventRun, 'baseRef' | 'headRef' | 'payload'> {
  const choices = namesByFilter(reading.trigger, 'branches');
  const baseRef = openOf('github.base_ref', {
    kind: 'varies',
    choices,
    reason: 'each pull request has its own base branch',
  });
  const headRef = openOf('github.head_ref', {
    kind: 'varies',
    choices: [ANY_BRANCH],
    reason: 'each pull request has its own branch',
  });
  return {
    baseRef,
    headRef,
    payload: new Map([
      ['pull_request.base.ref', baseRef],
      ['pull_request.head.ref', headRef],
    ]),
  };
}

function repositoryOfHead(fork: boolean, { repository }: Facts): [string, Datum][] {
  const [owner = ''] = repository.split('/');
  if (!fork) {
    return [
      ['pull_request.head.repo.fork', dataOf(false)],
      ['pull_request.head.repo.full_name', dataOf(repository)],
      ['pull_request.head.repo.owner.login', dataOf(owner)],
    ];
  }
  const others: Choice = { language: not(ignoringCase(exactly(repository))), shown: 'OWNER/FORK' };
  const variable = 'github.event.pull_request.head.repo.full_name';
  return [
    ['pull_request.head.repo.fork', dataOf(true)],
    [
      'pull_request.head.repo.full_name',
      openOf(variable, { kind: 'varies', choices: [others], reason: 'each fork is its own repository' }),
    ],
  ];
}
