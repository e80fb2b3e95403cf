import { describe, expect, test } from '@jest/globals';
import { read, rows, workflow } from './rows.ts';

/** Without the name of the job and the role, which are the same in all. */
const runs = (on: string, job = '', facts = {}) =>
  rows(workflow(on, job), facts).map((row) => row.replace(/^deploy /, '').replace(' | granted | R', ''));

const FORK = (ref = 'refs/pull/*/merge', subject = 'pull_request', event = 'pull_request') =>
  `${event} (fork) ${ref} | ${subject} | fork | R`;
const PULL = ['pull_request refs/pull/*/merge | pull_request', FORK()];

// GitHub Docs, "Events that trigger workflows" (column GITHUB_REF), "OpenID Connect reference" ("Example subject claims").
describe('each trigger', () => {
  test.each([
    ['push', ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**']],
    ['[push]', ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**']],
    ['pull_request', PULL],
    ['pull_request_target', ['pull_request_target refs/heads/main | ref:refs/heads/main']],
    [
      'pull_request_review',
      [
        'pull_request_review refs/pull/*/merge | pull_request | ref:refs/pull/*/merge',
        FORK('refs/pull/*/merge', 'pull_request | ref:refs/pull/*/merge', 'pull_request_review'),
      ],
    ],
    [
      'merge_group',
      ['merge_group refs/heads/gh-readonly-queue/**/* | ref:refs/heads/gh-readonly-queue/**/*'],
    ],
    ["{schedule: [{cron: '0 3 * * *'}]}", ['schedule refs/heads/main | ref:refs/heads/main']],
    [
      'workflow_dispatch',
      [
        'workflow_dispatch refs/heads/** | ref:refs/heads/**',
        'workflow_dispatch refs/tags/** | ref:refs/tags/**',
      ],
    ],
    ['{workflow_run: {workflows: [CI]}}', ['workflow_run refs/heads/main | ref:refs/heads/main']],
    ['release', ['release refs/tags/** | ref:refs/tags/**']],
    ['workflow_call', []],
    ['repository_dispatch', ['repository_dispatch refs/heads/main | ref:refs/heads/main']],
    ['issue_comment', ['issue_comment refs/heads/main | ref:refs/heads/main']],
    [
      'deployment',
      [
        'deployment refs/heads/** | ref:refs/heads/**',
        'deployment refs/tags/** | ref:refs/tags/**',
        'deployment  | ref:*',
      ],
    ],
    ['create', ['create refs/heads/** | ref:refs/heads/**', 'create refs/tags/** | ref:refs/tags/**']],
    ['delete', ['delete refs/heads/main | ref:refs/heads/main']],
    ...[
      'check_run',
      'discussion',
      'fork',
      'issues',
      'label',
      'milestone',
      'page_build',
      'status',
      'watch',
    ].map((event) => [event, [`${event} refs/heads/main | ref:refs/heads/main`]] as [string, string[]]),
  ] as [string, string[]][])('%s', (on, expected) => {
    expect(runs(on)).toEqual(expected);
  });

  test('an event that is not known is a gap and no run', () => {
    const { runs: found, gaps } = read(workflow('[teleport, push]'));
    expect(found.map(({ event }) => event)).toEqual(['push', 'push']);
    expect(gaps).toEqual([
      { file: '.github/workflows/main.yml', line: 1, what: 'the event teleport is not supported' },
    ]);
  });

  test('a default branch that is not known is not guessed', () => {
    const [run] = read(workflow('schedule'), { defaultBranch: undefined }).runs;
    expect(run?.ref).toMatchObject({
      kind: 'unknown',
      shown: 'refs/heads/**',
      reasons: ['the default branch is not known; set default-branch'],
    });
    expect(run?.claims.subject.name.kind).toBe('unknown');
  });

  test('on GitHub Enterprise Server the branch of pull_request_target depends on the version', () => {
    const [run] = read(workflow('pull_request_target'), { server: 'ghes' }).runs;
    expect(run?.ref).toMatchObject({ kind: 'unknown', shown: 'refs/heads/**' });
    expect(run?.claims.subject.immutable).toBeUndefined();
  });
});

// GitHub Docs, "Workflow syntax for GitHub Actions", "on.push.<branches|tags|branches-ignore|tags-ignore>".
describe('filters', () => {
  const push = (shown: string) => `push refs/${shown} | ref:refs/${shown}`;
  test.each([
    ['{push: {branches: [main]}}', [push('heads/main')]],
    ['{push: {branches: main}}', [push('heads/main')]],
    ["{push: {branches: ['release/**', main]}}", [push('heads/release/**'), push('heads/main')]],
    ["{push: {branches: ['release/**', '!release/old']}}", [push('heads/release/** without release/old')]],
    ["{push: {branches: [main, '!main']}}", []],
    ["{push: {branches: ['!main', main]}}", [push('heads/main')]],
    ['{push: {branches-ignore: [dependabot/**, main]}}', [push('heads/** without dependabot/**, main')]],
    ["{push: {tags: ['v*']}}", [push('tags/v*')]],
    ["{push: {tags-ignore: ['v0*']}}", [push('tags/** without v0*')]],
    ["{push: {branches: [main], tags: ['v*']}}", [push('heads/main'), push('tags/v*')]],
    ['{push: {paths: [src/**]}}', [push('heads/**'), push('tags/**')]],
    ['{pull_request: {branches: [main]}}', PULL],
    [
      '{merge_group: {branches: [main]}}',
      ['heads/gh-readonly-queue/main/*'].map((ref) => `merge_group refs/${ref} | ref:refs/${ref}`),
    ],
    ["{pull_request: {branches: ['!main']}}", []],
    [
      '{pull_request: {types: [closed]}}',
      [
        ...PULL,
        'pull_request refs/heads/** | pull_request',
        'pull_request (fork) refs/heads/** | pull_request | fork | R',
      ],
    ],
    [
      '{pull_request: {types: [closed], branches: [main]}}',
      [
        ...PULL,
        'pull_request refs/heads/main | pull_request',
        'pull_request (fork) refs/heads/main | pull_request | fork | R',
      ],
    ],
  ] as [string, string[]][])('%s', (on, expected) => {
    expect(runs(on)).toEqual(expected);
  });

  test('a filter that matches nothing is a gap', () => {
    expect(read(workflow("{push: {branches: ['!main']}}")).gaps).toHaveLength(1);
  });

  test('the base of a pull request is in its claim', () => {
    const [run] = read(workflow("{pull_request: {branches: [main, 'v*']}}")).runs;
    expect(run?.claims.values.get('base_ref')).toMatchObject({ kind: 'varies', shown: 'main | v*' });
    expect(run?.claims.values.get('head_ref')).toMatchObject({ kind: 'varies', shown: '**' });
  });
});

// GitHub Docs, "Evaluate expressions in workflows and actions", "Contexts reference".
describe('conditions of a job rule runs out', () => {
  const both = '[push, pull_request]';
  const onIf = (on: string, condition: string, facts = {}) =>
    runs(on, `    if: ${JSON.stringify(condition)}\n`, facts);
  test.each([
    [
      both,
      "github.event_name == 'push'",
      ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**'],
    ],
    [both, "github.event_name != 'push'", PULL],
    [both, "${{ github.ref == 'refs/heads/main' }}", ['push refs/heads/main | ref:refs/heads/main']],
    [both, "'refs/heads/main' == github.ref", ['push refs/heads/main | ref:refs/heads/main']],
    [
      both,
      "github.ref_name == 'main' && github.ref_type == 'branch'",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    [both, "startsWith(github.ref, 'refs/tags/v')", ['push refs/tags/v** | ref:refs/tags/v**']],
    [both, "startsWith(github.ref, 'refs/tags/')", ['push refs/tags/** | ref:refs/tags/**']],
    [
      both,
      "github.ref == 'refs/heads/main' || github.ref == 'refs/heads/dev'",
      ['push refs/heads/main | ref:refs/heads/main', 'push refs/heads/dev | ref:refs/heads/dev'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      "!(github.ref == 'refs/heads/dev')",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      "github.ref_name == 'MAIN'",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      "endsWith(github.ref, '/dev')",
      ['push refs/heads/dev | ref:refs/heads/dev'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      "contains(github.ref, 'MAI')",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      'contains(fromJSON(\'["dev","x"]\'), github.ref_name)',
      ['push refs/heads/dev | ref:refs/heads/dev'],
    ],
    [
      '{push: {branches: [main, dev]}}',
      "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    ["{push: {branches: ['v*']}}", "github.ref_name == 'main'", []],
    [
      "{push: {branches: ['v*']}}",
      "startsWith(github.ref_name, 'v')",
      ['push refs/heads/v* | ref:refs/heads/v*'],
    ],
    ["{push: {branches: ['v*']}}", "endsWith(github.ref_name, 'x/y')", []],
    [both, "github.base_ref == 'main'", PULL],
    ['{pull_request: {branches: [dev]}}', "github.base_ref == 'main'", []],
    [both, 'github.event.pull_request.head.repo.full_name == github.repository', PULL.slice(0, 1)],
    [both, 'github.event.pull_request.head.repo.fork', PULL.slice(1)],
    [
      both,
      '!github.event.pull_request',
      ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**'],
    ],
    [
      '{pull_request: {types: [opened, closed]}}',
      "github.event.action == 'closed' && github.event.pull_request.merged == true",
      [
        'pull_request refs/heads/** | pull_request',
        'pull_request (fork) refs/heads/** | pull_request | fork | R',
      ],
    ],
    ['{pull_request: {types: [opened]}}', "github.event.action == 'closed'", []],
    [both, 'false', []],
    [
      both,
      "${{ false }} && github.ref == 'x'",
      ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**', ...PULL],
    ],
    [
      'push',
      "github.repository == 'octo/app'",
      ['push refs/heads/** | ref:refs/heads/**', 'push refs/tags/** | ref:refs/tags/**'],
    ],
    ['push', "github.repository_owner == 'someone'", []],
    ['{push: {branches: [main]}}', 'always()', ['push refs/heads/main | ref:refs/heads/main']],
    [
      '{push: {branches: [main]}}',
      "vars.DEPLOY == 'yes'",
      ['push refs/heads/main | ref:refs/heads/main | if vars.DEPLOY'],
    ],
    [
      '{push: {branches: [main]}}',
      "github.actor != 'dependabot[bot]'",
      ['push refs/heads/main | ref:refs/heads/main'],
    ],
    ['{push: {branches: [main]}}', "vars.A == 'x' && vars.A == 'y'", []],
    ["{schedule: [{cron: '0 3 * * *'}, {cron: '0 4 * * *'}]}", "github.event.schedule == '0 5 * * *'", []],
    [
      "{schedule: [{cron: '0 3 * * *'}, {cron: '0 4 * * *'}]}",
      "github.event.schedule == '0 4 * * *'",
      ['schedule refs/heads/main | ref:refs/heads/main'],
    ],
  ] as [string, string, string[]][])('on %s, if %s', (on, condition, expected) => {
    expect(onIf(on, condition)).toEqual(expected);
  });

  test('a variable that is given decides', () => {
    const variables = { vars: { deploy: 'no' } };
    expect(onIf('{push: {branches: [main]}}', "vars.DEPLOY == 'yes'", { variables })).toEqual([]);
  });

  test('what GitHub rejects in a condition is a gap, and the run stays', () => {
    for (const condition of ["secrets.X != ''", 'github.ref ==', 'nope(github.ref)', "env.X == 'y'"]) {
      const { runs: found, gaps } = read(
        workflow('{push: {branches: [main]}}', `    if: ${JSON.stringify(condition)}\n`),
      );
      expect([found.length, gaps.length, gaps[0]?.line]).toEqual([1, 1, 6]);
    }
  });

  test('conditions with too many cases are a gap', () => {
    const condition = Array.from({ length: 12 }, (_, n) => `(vars.A${n} == 'x' || vars.B${n} == 'y')`).join(
      ' && ',
    );
    const { runs: found, gaps } = read(workflow('push', `    if: ${JSON.stringify(condition)}\n`));
    expect(found).toEqual([]);
    expect(gaps.map(({ line }) => line)).toEqual([4]);
  });
});

// GitHub Docs, "Workflow syntax for GitHub Actions", "jobs.<job_id>.needs".
describe('jobs that others need', () => {
  const needing = (first: string, second: string) =>
    rows(
      `on: push\npermissions: {id-token: write}\njobs:\n  a: {${first}, runs-on: x, steps: []}\n  b: {needs: a, ${second}runs-on: x, steps: []}\n`,
    ).filter((row) => row.startsWith('b'));

  test.each([
    ["if: github.ref == 'refs/heads/main'", '', ['b push refs/heads/main | ref:refs/heads/main | granted']],
    [
      "if: github.ref == 'refs/heads/main'",
      'if: always(), ',
      [
        'b push refs/heads/** | ref:refs/heads/** | granted',
        'b push refs/tags/** | ref:refs/tags/** | granted',
      ],
    ],
    ["if: github.ref == 'refs/heads/main'", "if: github.ref != 'refs/heads/main', ", []],
    [
      'if: false',
      'if: "!cancelled() && github.ref_type == \'tag\'", ',
      ['b push refs/tags/** | ref:refs/tags/** | granted'],
    ],
    ['if: false', '', []],
  ])('%s then %s', (first, second, expected) => {
    expect(needing(first, second)).toEqual(expected);
  });

  test('a job that needs itself, or one that is not there, is a gap', () => {
    const { gaps } = read('on: push\njobs:\n  a: {needs: b, steps: []}\n  b: {needs: [a, c], steps: []}\n');
    expect(gaps.map(({ what }) => what)).toEqual([
      'the job a needs itself',
      'the job b needs c, which does not exist',
    ]);
  });
});
