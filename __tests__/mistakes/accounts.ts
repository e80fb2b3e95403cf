import { mistakesIn } from './mistake.ts';

/** Roles for pull requests, and the accounts of an organization. */
export const ACCOUNT_MISTAKES = [
  ...mistakesIn('src/platform/runner/pull-request.ts', [
    [
      'a workflow_run that hides the first event gets the other role',
      '|| EVENTS_WITH_OTHER_CAUSE.includes(cause)',
      '',
      'e2e/pull-requests',
      'follows a run|workflow_run',
    ],
    [
      'the ref of a pull request does not count',
      "ref.startsWith('refs/pull/')",
      "ref === 'refs/pull/'",
      'e2e/pull-requests',
      'deployment',
    ],
  ]),
  ...mistakesIn('src/actions/role-choice.ts', [
    [
      'the token does not confirm the event',
      'claimed === choice.eventName',
      "claimed !== ''",
      'e2e/pull-requests',
      'the token does not confirm',
    ],
  ]),
  ...mistakesIn('src/config/role-choice.ts', [
    [
      'an empty role for pull requests leads to the other role',
      "isForPullRequest && !inputs.given('role-for-pull-requests')",
      'isForPullRequest && false',
      'e2e/pull-requests',
      'a variable that is not set',
    ],
  ]),
  ...mistakesIn('src/sts/organizations.ts', [
    [
      'an empty page ends the list',
      'token = answer.next || undefined;',
      'token = answer.items?.length ? answer.next : undefined;',
      'e2e/accounts',
      'a profile for each active account',
    ],
  ]),
  ...mistakesIn('src/session/organization-accounts.ts', [
    [
      'a suspended account becomes a profile',
      "({ state }) => state === 'ACTIVE'",
      '() => true',
      'e2e/accounts',
      'a profile for each active account',
    ],
    [
      'the units below a unit are left out',
      '...(await Promise.all(units.map(below))).flat()',
      '...units.flatMap(() => [])',
      'e2e/accounts',
      'with the units below it',
    ],
  ]),
  ...mistakesIn('src/session/known-sessions.ts', [
    [
      'the session of the hub is obtained twice',
      'known.get(request) ??',
      '',
      'e2e/accounts',
      'accounts in one step',
    ],
  ]),
  ...mistakesIn('src/plan/make-plan.ts', [
    [
      'the session that assumes itself has the session policy',
      'inlinePolicy: undefined, policyArns: []',
      '',
      'e2e/tag-oidc-session',
      'the role assumes itself with the tags',
    ],
  ]),
];
