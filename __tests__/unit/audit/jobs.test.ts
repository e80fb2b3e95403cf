import { describe, expect, test } from '@jest/globals';
import { contains } from '../../../src/audit/texts/language.ts';
import { assume, MAIN, read, rows } from './rows.ts';

const ON_MAIN = 'on: {push: {branches: [main]}}\n';

// GitHub Docs, "Workflow syntax for GitHub Actions", "permissions"; "OpenID Connect reference".
describe('permissions', () => {
  const access = (ofWorkflow: string, ofJob = '') => {
    const { runs } = read(
      `${ON_MAIN}${ofWorkflow}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${ofJob}    steps: ${assume()}\n`,
    );
    const [{ token } = { token: undefined }] = runs;
    return token?.state === 'granted' ? ['granted'] : [token?.state, token?.at.line, token?.why];
  };
  const NOT_GRANTED = 'permissions does not grant id-token: write';
  test.each([
    ['', '', ['missing', 4, 'neither the job nor the workflow has permissions with id-token: write']],
    ['permissions: {id-token: write}', '', ['granted']],
    ['permissions: write-all', '', ['granted']],
    ['permissions: read-all', '', ['missing', 2, NOT_GRANTED]],
    ['permissions: {}', '', ['missing', 2, NOT_GRANTED]],
    ['permissions:', '', ['missing', 2, NOT_GRANTED]],
    ['permissions: {contents: read}', '', ['missing', 2, NOT_GRANTED]],
    ['permissions: {id-token: none}', '', ['missing', 2, NOT_GRANTED]],
    ['permissions: {id-token: write}', '    permissions: {contents: read}\n', ['missing', 6, NOT_GRANTED]],
    ['permissions: read-all', '    permissions: {id-token: write}\n', ['granted']],
    [
      'permissions: {id-token: read}',
      '',
      ['unknown', 2, 'permissions has a value that GitHub does not document'],
    ],
    ['permissions: all', '', ['unknown', 2, 'permissions has a value that GitHub does not document']],
  ])('%s %s', (ofWorkflow, ofJob, expected) => {
    expect(access(ofWorkflow, ofJob)).toEqual(expected);
  });

  test('a fork is not listed where the repository itself has no token', () => {
    const { runs } = read(`on: pull_request\njobs:\n  deploy:\n    steps: ${assume()}\n`);
    expect(runs.map(({ fork, token }) => [fork, token.state])).toEqual([[false, 'missing']]);
  });
});

// GitHub Docs, "Workflow syntax for GitHub Actions", "jobs.<job_id>.environment".
describe('environments', () => {
  const withEnvironment = (environment: string, facts = {}, on = ON_MAIN) =>
    rows(
      `${on}permissions: {id-token: write}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${environment}\n    steps: ${assume('R-${{ vars.X }}')}\n`,
      facts,
    ).map((row) => row.replace(/^deploy /, '').replace('push refs/heads/main | ', ''));
  const dispatch = (input: string) => `on: {workflow_dispatch: {inputs: {to: ${input}}}}\n`;
  const X = 'granted | R-${{ vars.X }}';
  test.each([
    ['    environment: prod', {}, [`environment:prod | ${X}`]],
    ['    environment: {name: prod, url: https://x}', {}, [`environment:prod | ${X}`]],
    ["    environment: ''", {}, [`ref:refs/heads/main | ${X}`]],
    ['    environment:', {}, [`ref:refs/heads/main | ${X}`]],
    ["    environment: 'a:b%'", {}, [`environment:a%3Ab% | ${X}`]],
    ['    environment: ${{ github.ref_name }}', {}, [`environment:main | ${X}`]],
    [
      "    environment: ${{ github.ref == 'refs/heads/main' && 'prod' || 'dev' }}",
      {},
      [`environment:prod | ${X}`],
    ],
    ["    environment: ${{ case(github.ref_name == 'x', 'a', 'b') }}", {}, [`environment:b | ${X}`]],
    [
      '    environment: ${{ vars.ENV }}',
      {},
      [`environment:\${{ vars.ENV }} | ${X} | if vars.ENV`, `ref:refs/heads/main | ${X} | if vars.ENV`],
    ],
    [
      '    environment: ${{ vars.ENV }}',
      { variables: { vars: { ENV: 'prod' } } },
      [`environment:prod | ${X}`],
    ],
    ['    environment: eu-${{ vars.ENV }}', {}, [`environment:eu-\${{ vars.ENV }} | ${X}`]],
    [
      '    environment: prod',
      { variables: { vars: { X: 'own' }, environments: { Prod: { vars: { x: 'of-prod' } } } } },
      ['environment:prod | granted | R-of-prod'],
    ],
    [
      '    environment: other',
      { variables: { vars: { X: 'own' }, environments: { Prod: { vars: { x: 'of-prod' } } } } },
      ['environment:other | granted | R-own'],
    ],
    [
      '    environment: {name: prod, deployment: false}',
      {},
      [`environment:prod | ref:refs/heads/main | ${X}`],
    ],
  ])('%s with %j', (environment, facts, expected) => {
    expect(withEnvironment(environment, facts)).toEqual(expected);
  });

  test.each([
    ['{type: choice, options: [dev, prod]}', ['environment:dev', 'environment:prod']],
    ['{type: environment, required: true}', ['environment:${{ inputs.to }}']],
    ['{type: string}', ['environment:${{ inputs.to }}', 'ref:refs/heads/**']],
    ['{type: boolean}', ['environment:true', 'ref:refs/heads/**']],
    ['{default: prod}', ['environment:${{ inputs.to }}', 'ref:refs/heads/**']],
  ])('from an input %s', (input, expected) => {
    const found = withEnvironment('    environment: ${{ inputs.to }}', {}, dispatch(input));
    const ofBranches = found.filter((row) => row.includes('workflow_dispatch refs/heads/**'));
    expect(ofBranches.map((row) => row.split(' | ')[1])).toEqual(expected);
  });

  test('an environment goes before the pull request', () => {
    const [run] = read('on: pull_request\njobs: {deploy: {environment: prod, steps: []}}').runs;
    expect(run?.claims.subject.name.shown).toBe('repo:octo/app:environment:prod');
  });

  test.each([
    'env.X',
    'secrets.X',
    'always()',
    'hashFiles(1)',
    'steps.x.outputs.y',
    'runner.os',
    'nothing.x',
  ])('GitHub does not let it name %s', (expression) => {
    const { gaps } = read(`${ON_MAIN}jobs: {deploy: {environment: "\${{ ${expression} }}", steps: []}}`);
    expect(gaps).toHaveLength(1);
  });

  test('an input that is given', () => {
    const facts = { variables: { inputs: { to: 'qa' } } };
    const found = withEnvironment('    environment: ${{ inputs.to }}', facts, dispatch('{type: string}'));
    expect(found[0]).toContain('environment:qa');
  });

  test('conditions on an input decide the environment', () => {
    const found = withEnvironment(
      "    if: inputs.to == 'prod'\n    environment: ${{ inputs.to }}",
      {},
      dispatch('{type: string}'),
    );
    expect(found.map((row) => row.split(' | ')[1])).toEqual(['environment:prod', 'environment:prod']);
  });

  test('what is not known keeps what is', () => {
    const { runs } = read(`${ON_MAIN}jobs: {deploy: {environment: 'eu-\${{ vars.ENV }}', steps: []}}`);
    const [run] = runs;
    expect(run?.environment).toMatchObject({ kind: 'unknown', reasons: ['vars.ENV is not in variables'] });
    const language = run?.claims.subject.name.language;
    expect(language && contains(language, 'repo:octo/app:environment:eu-x')).toBe(true);
    expect(language && contains(language, 'repo:octo/app:environment:us-x')).toBe(false);
  });
});

// GitHub Docs, "Run job variations in a workflow", "matrix".
describe('matrices', () => {
  const environments = (matrix: string, facts = {}) =>
    read(
      `${ON_MAIN}jobs:\n  deploy:\n    strategy:\n      matrix: ${matrix}\n    environment: \${{ matrix.env }}-\${{ matrix.account.id || matrix.x }}\n    steps: []\n`,
      facts,
    ).runs.map(({ environment }) => environment?.shown);
  test.each([
    ['{env: [dev, prod]}', ['dev-', 'prod-']],
    ['{env: [dev, prod], x: [1, 2]}', ['dev-1', 'dev-2', 'prod-1', 'prod-2']],
    ['{env: [dev, prod], x: [1, 2], exclude: [{env: prod, x: 1}]}', ['dev-1', 'dev-2', 'prod-2']],
    ['{env: [dev, prod], x: [1, 2], exclude: [{env: prod}]}', ['dev-1', 'dev-2']],
    ['{env: [dev, prod], include: [{x: 9}]}', ['dev-9', 'prod-9']],
    ['{env: [dev, prod], include: [{env: prod, x: 9}]}', ['dev-', 'prod-9']],
    ['{env: [dev], include: [{env: qa, x: 9}]}', ['dev-', 'qa-9']],
    ['{include: [{env: dev, x: 1}, {env: prod}]}', ['dev-1', 'prod-']],
    ['{env: [dev], account: [{id: 7}, {id: 8}]}', ['dev-7', 'dev-8']],
    ['{env: [dev, prod], os: [a, b, c]}', ['dev-', 'prod-']],
    ['${{ fromJSON(\'{"include":[{"env":"dev"},{"env":"prod","x":1}]}\') }}', ['dev-', 'prod-1']],
    ['{env: "${{ fromJSON(\'[\\"a\\"]\') }}"}', ['a-']],
    ['{env: ["${{ vars.E }}", prod]}', ['${{ vars.E }}-', 'prod-']],
    [
      '${{ fromJSON(needs.list.outputs.matrix) }}',
      ['${{ matrix.env }}-${{ matrix.account.id }}', '${{ matrix.env }}-${{ matrix.x }}'],
    ],
    ['{env: "${{ fromJSON(vars.ENVS) }}"}', ['${{ matrix.env }}-']],
    [
      '{env: [dev], include: "${{ fromJSON(vars.MORE) }}"}',
      [
        'dev-${{ matrix.account.id }}',
        'dev-${{ matrix.x }}',
        '${{ matrix.env }}-${{ matrix.account.id }}',
        '${{ matrix.env }}-${{ matrix.x }}',
      ],
    ],
    ['{env: []}', []],
  ] as [string, string[]][])('%s', (matrix, expected) => {
    expect(environments(matrix)).toEqual(expected);
  });

  test('a matrix from a variable', () => {
    expect(
      environments('{env: "${{ fromJSON(vars.ENVS) }}"}', { variables: { vars: { ENVS: '["a","b"]' } } }),
    ).toEqual(['a-', 'b-']);
  });

  test('more jobs than GitHub takes are a gap', () => {
    const list = Array.from({ length: 20 }, (_, n) => n).join();
    const { gaps } = read(
      `${ON_MAIN}jobs: {deploy: {strategy: {matrix: {a: [${list}], b: [${list}]}}, environment: '\${{ matrix.a }}\${{ matrix.b }}', steps: []}}`,
    );
    expect(gaps.map(({ what }) => what)).toEqual(['a matrix of more than 256 jobs']);
  });
});

// GitHub Docs, "Reusing workflow configurations"; "Using OpenID Connect with reusable workflows".
describe('called workflows', () => {
  const CALLER = (job: string, permissions = 'permissions: {id-token: write}\n') =>
    `${ON_MAIN}${permissions}jobs:\n  ship:\n${job}`;
  const CALLED = (job: string, call = '') =>
    `on: {workflow_call: ${call || '{}'}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${job}`;
  const INNER = '.github/workflows/_deploy.yml';
  const steps = (role = 'R') => `    steps: ${assume(role)}\n`;
  const uses = `    uses: ./${INNER}\n`;
  const inputs = '{inputs: {to: {type: string, default: dev}, flag: {type: boolean}, n: {type: number}}}';

  test("a local one: its subject is the caller's, and job_workflow_ref is its own", () => {
    const { runs, gaps } = read({ [MAIN]: CALLER(uses), [INNER]: CALLED(steps()) });
    expect(gaps).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      workflow: MAIN,
      job: 'ship',
      at: { file: MAIN, line: 4 },
      called: { file: INNER, job: 'deploy', at: { file: INNER, line: 3 } },
      event: 'push',
      token: { state: 'granted' },
    });
    const claim = (name: string) => runs[0]?.claims.values.get(name)?.shown;
    expect(claim('job_workflow_ref')).toBe('octo/app/.github/workflows/_deploy.yml@refs/heads/main');
    expect(claim('workflow_ref')).toBe('octo/app/.github/workflows/main.yml@refs/heads/main');
    expect(claim('workflow')).toBe(MAIN);
    expect(runs[0]?.claims.subject.name.shown).toBe('repo:octo/app:ref:refs/heads/main');
    expect(runs[0]?.assumptions[0]?.at).toEqual({ file: INNER, line: 5 });
  });

  test.each([
    ['', '-false-0', ['dev-false-0']],
    ['    with: {to: prod, flag: true, n: 3}\n', '', ['prod-true-3']],
    ['    with: {TO: prod}\n', '', ['prod-false-0']],
    ["    with: {to: '${{ github.ref_name }}'}\n", '', ['main-false-0']],
    [
      "    strategy: {matrix: {e: [a, b]}}\n    with: {to: '${{ matrix.e }}'}\n",
      '',
      ['a-false-0', 'b-false-0'],
    ],
    ["    with: {to: '${{ vars.T }}'}\n", '', ['${{ vars.T }}-false-0']],
  ])('inputs %s', (passed, _, expected) => {
    const environment = '    environment: ${{ inputs.to }}-${{ inputs.flag }}-${{ inputs.n }}\n';
    const { runs } = read({ [MAIN]: CALLER(uses + passed), [INNER]: CALLED(environment + steps(), inputs) });
    expect(runs.map((run) => run.environment?.shown)).toEqual(expected);
  });

  test.each([
    ['    secrets: inherit\n', {}, ['${{ secrets.ROLE }}']],
    ['    secrets: inherit\n', { secrets: { role: 'known' } }, ['known']],
    ["    secrets: {ROLE: '${{ secrets.OTHER }}'}\n", { secrets: { OTHER: 'passed' } }, ['passed']],
    ["    secrets: {ROLE: 'arn-${{ vars.A }}'}\n", {}, ['arn-${{ vars.A }}']],
    ['', { secrets: { role: 'known' } }, []],
  ])('secrets %s', (passed, variables, expected) => {
    const files = { [MAIN]: CALLER(uses + passed), [INNER]: CALLED(steps('${{ secrets.ROLE }}')) };
    const { runs } = read(files, { variables });
    expect(runs.flatMap(({ assumptions }) => assumptions.map(({ role }) => role.shown))).toEqual(expected);
  });

  test.each([
    ['permissions: {id-token: write}\n', '', '', 'granted', undefined],
    ['permissions: {id-token: write}\n', '', '    permissions: {contents: read}\n', 'missing', INNER],
    ['', '', '    permissions: {id-token: write}\n', 'missing', MAIN],
    ['', '    permissions: {id-token: write}\n', '', 'granted', undefined],
    [
      'permissions: {id-token: write}\n',
      '    permissions: {}\n',
      '    permissions: write-all\n',
      'missing',
      MAIN,
    ],
  ])('permissions of workflow %j, caller %j and called job %j', (top, caller, called, state, file) => {
    const { runs } = read({ [MAIN]: CALLER(uses + caller, top), [INNER]: CALLED(called + steps()) });
    const token = runs[0]?.token;
    expect(token?.state).toBe(state);
    expect(token?.state === 'granted' ? undefined : token?.at.file).toBe(file);
  });

  test('in two levels, with what is passed on; only top and bottom are in the claims', () => {
    const middle = '.github/workflows/_middle.yml';
    const { runs, gaps } = read({
      [MAIN]: CALLER(`    uses: ./${middle}\n    with: {to: prod}\n    secrets: inherit\n`),
      [middle]: `on: {workflow_call: ${inputs}}\njobs:\n  mid:\n    if: inputs.to == 'prod'\n    uses: ./${INNER}\n    with: {to: 'x-\${{ inputs.to }}'}\n    secrets: inherit\n`,
      [INNER]: CALLED(`    environment: \${{ inputs.to }}\n${steps('${{ secrets.ROLE }}')}`, inputs),
    });
    expect(gaps).toEqual([]);
    expect(
      runs.map(({ job, called, environment }) => [job, called?.file, called?.job, environment?.shown]),
    ).toEqual([['ship', INNER, 'deploy', 'x-prod']]);
    expect(runs[0]?.assumptions[0]?.role.shown).toBe('${{ secrets.ROLE }}');
    expect(runs[0]?.claims.values.get('job_workflow_ref')?.shown).toContain('_deploy.yml@');
  });

  test('conditions of caller and called job, and the event of the caller', () => {
    const found = rows({
      [MAIN]: `on: [push, pull_request]\npermissions: {id-token: write}\njobs:\n  ship:\n    if: github.ref_type == 'branch'\n${uses}`,
      [INNER]: CALLED(`    if: github.event_name == 'push'\n${steps()}`),
    });
    expect(found).toEqual(['ship push refs/heads/** | ref:refs/heads/** | granted | R']);
  });

  test('a fork has no token in a called workflow either', () => {
    const { runs } = read({
      [MAIN]: `on: pull_request\npermissions: {id-token: write}\njobs:\n  ship:\n${uses}`,
      [INNER]: CALLED(steps()),
    });
    expect(runs.map(({ fork, token }) => [fork, token.state])).toEqual([
      [false, 'granted'],
      [true, 'fork'],
    ]);
  });

  test.each([
    ['v1', 'unknown', 'org/ci/.github/workflows/x.yml@refs/heads/v1 | refs/tags/v1'],
    ['refs/heads/main', 'known', 'org/ci/.github/workflows/x.yml@refs/heads/main'],
    [
      '0123456789abcdef0123456789abcdef01234567',
      'known',
      'org/ci/.github/workflows/x.yml@0123456789abcdef0123456789abcdef01234567',
    ],
  ])('one of another repository at %s, where its text is given', (ref, kind, shown) => {
    const reference = `org/ci/.github/workflows/x.yml@${ref}`;
    const { runs, gaps } = read({
      [MAIN]: CALLER(`    uses: ${reference}\n`),
      [reference]: `on: workflow_call\njobs:\n  a: {uses: ./.github/workflows/y.yml}\n  deploy:\n    steps: ${assume()}\n`,
    });
    expect(runs[0]?.called?.file).toBe(reference);
    expect(runs[0]?.claims.values.get('job_workflow_ref')).toMatchObject({ kind, shown });
    // Its own local calls are in its repository.
    expect(gaps.map(({ what }) => what)).toEqual([
      `the called workflow org/ci/.github/workflows/y.yml@${ref} is in another repository and is not read`,
    ]);
  });

  test.each([
    [
      'one of another repository',
      { [MAIN]: CALLER('    uses: org/ci/.github/workflows/x.yml@v1\n') },
      'the called workflow org/ci/.github/workflows/x.yml@v1 is in another repository and is not read',
    ],
    [
      'one that is missing',
      { [MAIN]: CALLER('    uses: ./.github/workflows/no.yml\n') },
      'the called workflow .github/workflows/no.yml is not in the repository and is not read',
    ],
    [
      'one without workflow_call',
      { [MAIN]: CALLER(uses), [INNER]: 'on: push\njobs: {}\n' },
      `${INNER} has no workflow_call trigger`,
    ],
    [
      'one that calls itself',
      { [MAIN]: CALLER(uses), [INNER]: `on: workflow_call\njobs: {x: {uses: ./${INNER}}}\n` },
      `${INNER} calls itself`,
    ],
    [
      'one without a caller',
      { [INNER]: CALLED(steps()) },
      'no workflow of this repository calls this one; callers in other repositories are not read',
    ],
  ])('a gap: %s', (_, files, what) => {
    expect(read(files as Record<string, string>).gaps.map((gap) => gap.what)).toEqual([what]);
  });

  test('more levels than GitHub runs are a gap', () => {
    const level = (n: number) => `.github/workflows/l${n}.yml`;
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [
        level(n),
        `on: ${n === 0 ? 'push' : 'workflow_call'}\njobs: {j: {uses: ./${level(n + 1)}}}\n`,
      ]),
    );
    expect(read(files).gaps.map(({ what }) => what)).toContain('called workflows more than 10 levels deep');
  });
});

// GitHub Docs, "OpenID Connect reference".
describe('claims', () => {
  const one = (facts = {}, job = '') =>
    read(`name: Ship\n${ON_MAIN}jobs: {deploy: {${job}runs-on: ubuntu-latest, steps: []}}`, facts).runs[0]
      ?.claims;

  test('all that the files say', () => {
    const claims = one({ repositoryId: '42', ownerId: '7' });
    const shown = Object.fromEntries([...(claims?.values ?? [])].map(([name, value]) => [name, value.shown]));
    expect(shown).toMatchObject({
      base_ref: '',
      event_name: 'push',
      head_ref: '',
      job_workflow_ref: `octo/app/${MAIN}@refs/heads/main`,
      ref: 'refs/heads/main',
      ref_type: 'branch',
      repository: 'octo/app',
      repository_id: '42',
      repository_owner: 'octo',
      repository_owner_id: '7',
      runner_environment: 'github-hosted',
      workflow: 'Ship',
      workflow_ref: `octo/app/${MAIN}@refs/heads/main`,
    });
    expect(claims?.values.get('actor')?.kind).toBe('varies');
    expect([...(claims?.absent ?? [])]).toEqual(['environment']);
    expect(claims?.values.has('enterprise')).toBe(false);
    expect(claims?.subject.immutable?.shown).toBe('repo:octo@7/app@42:ref:refs/heads/main');
  });

  test('without the IDs the immutable subject is not known', () => {
    const subject = one()?.subject.immutable;
    expect(subject).toMatchObject({
      kind: 'unknown',
      reasons: ['owner-id is not known', 'repository-id is not known'],
    });
    expect(subject && contains(subject.language, 'repo:octo@1/app@2:ref:refs/heads/main')).toBe(true);
  });

  test.each([
    [['repo'], 'repo:octo/app'],
    [
      ['repo', 'context', 'job_workflow_ref'],
      `repo:octo/app:environment:p%3Aq:job_workflow_ref:octo/app/${MAIN}@refs/heads/main`,
    ],
    [['repository_owner', 'ref'], 'repository_owner:octo:ref:refs/heads/main'],
    [['repository_id'], 'repository_id:42'],
    [['environment', 'event_name'], 'environment:p%3Aq:event_name:push'],
    [['repo', 'enterprise'], 'repo:octo/app:enterprise:*'],
  ])('a subject of %j', (subjectClaims, expected) => {
    const claims = one({ subjectClaims, repositoryId: '42' }, "environment: 'p:q', ");
    expect(claims?.subject.name.shown).toBe(expected);
    expect(claims?.values.get('environment')?.shown).toBe('p:q');
  });

  test('a customised subject keeps the IDs of the immutable form', () => {
    expect(
      one({ subjectClaims: ['repo', 'ref'], repositoryId: '42', ownerId: '7' })?.subject.immutable?.shown,
    ).toBe('repo:octo@7/app@42:ref:refs/heads/main');
  });

  test.each([
    ['ubuntu-latest', 'github-hosted'],
    ['[self-hosted, linux]', 'self-hosted'],
    ['big-runner', 'github-hosted | self-hosted'],
    ['{group: x}', 'github-hosted | self-hosted'],
    ['${{ matrix.os }}', 'github-hosted | self-hosted'],
  ])('a runner %s', (label, expected) => {
    const { runs } = read(`${ON_MAIN}jobs:\n  a:\n    runs-on: ${label}\n    steps: []\n`);
    expect(runs[0]?.claims.values.get('runner_environment')?.shown).toBe(expected);
  });
});
