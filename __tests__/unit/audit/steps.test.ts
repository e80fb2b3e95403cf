import { describe, expect, test } from '@jest/globals';
import { MAIN, read } from './rows.ts';

const HEAD = 'on: {push: {branches: [main]}}\npermissions: {id-token: write}\n';
const OURS = 'octo/assume-aws-roles@v1';
const THEIRS = 'aws-actions/configure-aws-credentials';
const DEPLOY = 'arn:aws:iam::111111111111:role/deploy';

const job = (steps: string, more = '') =>
  `${HEAD}jobs:\n  deploy:\n    runs-on: ubuntu-latest\n${more}    steps:\n${steps}`;
const step = (uses: string, inputs: Readonly<Record<string, string | boolean>>, more = '') => {
  const lines = Object.entries(inputs).map(
    ([name, value]) => `          ${name}: ${JSON.stringify(value)}\n`,
  );
  return `      - uses: ${uses}\n${more}${lines.length === 0 ? '' : `        with:\n${lines.join('')}`}`;
};

interface Found {
  readonly roles: readonly string[];
  readonly gaps: readonly string[];
}

function find(steps: string, files: Readonly<Record<string, string>> = {}, facts = {}, more = ''): Found {
  const { runs, gaps } = read({ [MAIN]: job(steps, more), ...files }, facts);
  return {
    roles: runs.flatMap(({ assumptions, hypotheses }) =>
      assumptions.map(({ role, audience, otherAudience, profile, at }) =>
        [
          profile === undefined ? role.shown : `${profile}: ${role.shown}`,
          ...(audience.shown === 'sts.amazonaws.com' ? [] : [`for ${audience.shown}`]),
          ...(otherAudience === undefined ? [] : [`or ${otherAudience.shown}`]),
          ...(at.file === MAIN ? [] : [`in ${at.file}:${at.line}`]),
          ...hypotheses.map((variable) => `if ${variable}`),
        ].join(' '),
      ),
    ),
    gaps: gaps.map(({ line, what }) => `${line}: ${what}`),
  };
}

const roles = (uses: string, inputs: Readonly<Record<string, string | boolean>>, more = '', facts = {}) =>
  find(step(uses, inputs, more), {}, facts).roles;

describe('flat inputs', () => {
  test.each([
    [`${THEIRS}@v6`],
    [`${THEIRS}@v4.0.2`],
    [`${THEIRS}@v1-node16`],
    [`${THEIRS}@main`],
    [`${THEIRS}@0123456789abcdef0123456789abcdef01234567`],
    ['AWS-Actions/Configure-AWS-Credentials@v4'],
    ['aws-actions/something-new@v1'],
    [OURS],
    ['octo/assume-aws-roles/exec@v1'],
    ['Fork/Assume-AWS-Roles@0123456789abcdef0123456789abcdef01234567'],
  ])('%s presents the token', (uses) => {
    expect(roles(uses, { 'role-to-assume': DEPLOY })).toEqual([DEPLOY]);
    expect(roles(uses, { 'Role-To-Assume': DEPLOY })).toEqual([DEPLOY]);
  });

  test.each([
    [`${OURS}`, { audience: 'mine' }, [`${DEPLOY} for mine`]],
    [`${THEIRS}@v6`, { audience: 'mine' }, [`${DEPLOY} for mine`]],
    [OURS, { audience: 'x-${{ vars.A }}' }, [`${DEPLOY} for x-\${{ vars.A }}`]],
    [OURS, { 'aws-region': 'cn-north-1' }, [`${DEPLOY} or sts.amazonaws.com.cn`]],
    [OURS, { 'aws-region': 'us-gov-west-1' }, [DEPLOY]],
    [`${THEIRS}@v6`, { 'aws-region': 'cn-north-1' }, [DEPLOY]],
    [OURS, { 'role-chain': 'arn:aws:iam::222222222222:role/next' }, [DEPLOY]],
    [OURS, { 'role-chaining': true }, []],
    [`${THEIRS}@v6`, { 'role-chaining': 'TRUE' }, []],
    [`${THEIRS}@v6`, { 'role-chaining': false }, [DEPLOY]],
    [`${THEIRS}@v6`, { 'role-chaining': '${{ vars.CHAIN }}' }, [`${DEPLOY} if vars.CHAIN`]],
    [`${THEIRS}@v6`, { 'aws-access-key-id': '${{ secrets.KEY }}' }, []],
    [`${THEIRS}@v6`, { 'aws-access-key-id': 'AKIA' }, []],
    [`${THEIRS}@v6`, { 'aws-access-key-id': '' }, [DEPLOY]],
    [`${THEIRS}@v6`, { 'web-identity-token-file': '/token' }, []],
    [`${THEIRS}@v6`, { 'force-skip-oidc': true }, []],
    [OURS, { 'dry-run': true }, []],
    [OURS, { auth: 'auto' }, [DEPLOY]],
    [OURS, { auth: 'github-oidc', 'aws-access-key-id': 'AKIA' }, [DEPLOY]],
    [OURS, { auth: 'static' }, []],
    [OURS, { auth: 'ambient' }, []],
    [OURS, { 'saml-assertion': '${{ secrets.SAML }}' }, []],
  ])('%s with %j', (uses, inputs, expected) => {
    expect(roles(uses, { 'role-to-assume': DEPLOY, ...inputs } as Record<string, string>)).toEqual(expected);
  });

  test.each([
    [
      'arn:aws:iam::${{ secrets.ACCOUNT }}:role/deploy',
      {},
      ['arn:aws:iam::${{ secrets.ACCOUNT }}:role/deploy'],
    ],
    ['arn:aws:iam::${{ secrets.ACCOUNT }}:role/deploy', { secrets: { account: '111111111111' } }, [DEPLOY]],
    ['${{ vars.ROLE }}', {}, ['${{ vars.ROLE }}']],
    ['${{ steps.pick.outputs.role }}', {}, ['${{ steps.pick.outputs.role }}']],
    ['${{ needs.plan.outputs.role }}', {}, ['${{ needs.plan.outputs.role }}']],
    ['', {}, []],
    ['${{ inputs.none }}', {}, []],
    ["${{ github.ref == 'refs/heads/main' && 'a' || 'b' }}", {}, ['a']],
    ["${{ vars.E == 'prod' && 'a' || 'b' }}", {}, ['a if vars.E', 'b if vars.E']],
    ['${{ fromJSON(\'{"main":"a"}\')[github.ref_name] }}', {}, ['a']],
    ['${{ join(fromJSON(\'["a","b"]\'), \'-\') }}', {}, ['a-b']],
    ["${{ format('{0}/{1}{{}}', 'x', vars.Y) }}", {}, ['x/${{ vars.Y }}{}']],
    ['${{ toJSON(1) }}', {}, ['1']],
    ['${{ github.event.client_payload.role }}', {}, []],
    ['${{ github.actor }}', {}, ['${{ github.actor }}']],
  ])('the role %s', (role, variables, expected) => {
    expect(roles(`${THEIRS}@v6`, { 'role-to-assume': role }, '', { variables })).toEqual(expected);
  });

  test('a role whose account alone is not known is still one name', () => {
    const { runs } = read(job(step(OURS, { 'role-to-assume': 'arn:aws:iam::${{ secrets.A }}:role/deploy' })));
    expect(runs[0]?.assumptions[0]?.role).toMatchObject({
      kind: 'unknown',
      reasons: ['secrets.A is not in variables'],
    });
  });

  test.each([
    [{ 'allowed-account-ids': '111111111111', 'aws-region': 'eu-west-1' }, DEPLOY],
    [
      { 'allowed-account-ids': '111111111111', 'aws-region': 'cn-north-1' },
      'arn:aws-cn:iam::111111111111:role/deploy or sts.amazonaws.com.cn',
    ],
    [{ 'allowed-account-ids': '111111111111, 222222222222' }, 'deploy'],
    [{}, 'deploy'],
  ])('a role by its name with %j', (inputs, expected) => {
    expect(roles(OURS, { 'role-to-assume': 'deploy', ...inputs } as Record<string, string>)).toEqual([
      expected,
    ]);
  });

  test('role-for-pull-requests takes the place of role-to-assume for them', () => {
    const { runs } = read(
      `on: [push, pull_request, merge_group]\npermissions: {id-token: write}\njobs:\n  deploy:\n    steps:\n${step(OURS, { 'role-to-assume': 'write', 'role-for-pull-requests': 'read' })}${step(`${THEIRS}@v6`, { 'role-to-assume': 'any' })}`,
    );
    const found = runs.map(({ event, assumptions }) => [event, ...assumptions.map(({ role }) => role.shown)]);
    expect(new Set(found.map((row) => row.join(' ')))).toEqual(
      new Set(['push write any', 'pull_request read any', 'merge_group read any']),
    );
  });

  test.each([
    ['pull_request_target', ['read']],
    ['workflow_run', ['read', 'write']],
    ['issue_comment', ['read', 'write']],
    ['schedule', ['write']],
  ])('with %s, of which only the payload may show the pull request', (event, expected) => {
    const filters = event === 'workflow_run' ? '{workflows: [ci]}' : '';
    const { runs } = read(
      `on: {${event}: ${event === 'schedule' ? "[{cron: '0 0 * * *'}]" : filters}}\npermissions: {id-token: write}\njobs:\n  deploy:\n    steps:\n${step(OURS, { 'role-to-assume': 'write', 'role-for-pull-requests': 'read' })}`,
    );
    const found = runs.flatMap(({ assumptions }) => assumptions.map(({ role }) => role.shown));
    expect([...new Set(found)].toSorted()).toEqual(expected);
  });

  test('role-for-pull-requests: none leaves role-to-assume, an empty text leaves nothing, and of several the first counts', () => {
    const roleOf = (value: string) =>
      read(
        `on: pull_request\npermissions: {id-token: write}\njobs:\n  deploy:\n    steps:\n${step(OURS, { 'role-to-assume': 'write', 'role-for-pull-requests': value })}`,
      ).runs.flatMap(({ assumptions }) => assumptions.map(({ role }) => role.shown));
    expect([roleOf('none'), roleOf(''), roleOf('read\nfurther')].map((found) => new Set(found))).toEqual([
      new Set(['write']),
      new Set(),
      new Set(['read']),
    ]);
  });

  test('matrix assumes a role only to list accounts, and no profile', () => {
    const profiles = `[profile a]\nrole_arn = ${DEPLOY}\n`;
    const matrix = 'o/assume-aws-roles/matrix@v1';
    expect(roles(matrix, { profiles })).toEqual([]);
    // It fails then.
    expect(roles(matrix, { profiles, 'role-to-assume': DEPLOY })).toEqual([]);
    expect(
      roles(matrix, { 'role-to-assume': DEPLOY, 'accounts-from': 'organization', 'profiles-file': '' }),
    ).toEqual([DEPLOY]);
  });

  test('two steps, each with its line', () => {
    const { runs } = read(job(step(OURS, { 'role-to-assume': 'a' }) + step(OURS, { 'role-to-assume': 'b' })));
    expect(runs).toHaveLength(1);
    expect(runs[0]?.assumptions.map(({ role, at }) => [role.shown, at.line])).toEqual([
      ['a', 7],
      ['b', 10],
    ]);
  });
});

describe('conditions of steps', () => {
  test('a step that runs on fewer refs is a run of its own', () => {
    const { runs } = read(
      `on: push\npermissions: {id-token: write}\njobs:\n  deploy:\n    steps:\n${step(OURS, { 'role-to-assume': 'a' }, "        if: github.ref == 'refs/heads/main'\n")}`,
    );
    expect(runs.map(({ ref, assumptions }) => [ref.shown, assumptions.length])).toEqual([
      ['refs/heads/**', 0],
      ['refs/heads/main', 1],
      ['refs/tags/**', 0],
    ]);
  });

  test.each([
    ['success()', ['R']],
    ['always() && !cancelled()', ['R']],
    ["steps.x.outputs.y == 'z'", ['R if steps.x.outputs.y']],
    ["env.STAGE == 'prod'", ['R']],
    ["env.STAGE == 'dev'", []],
    ["hashFiles('x') != ''", ['R if hashfiles()']],
    ["github.event_name == 'pull_request'", []],
    ["runner.os == 'Linux'", ['R if runner.os']],
  ])('if %s', (condition, expected) => {
    const more = `        if: ${JSON.stringify(condition)}\n`;
    expect(
      find(step(OURS, { 'role-to-assume': 'R' }, more), {}, {}, '    env: {STAGE: prod}\n').roles,
    ).toEqual(expected);
  });

  test('steps that run at the same time', () => {
    const parallel = `      - parallel:\n${step(OURS, { 'role-to-assume': 'a' }).replaceAll(/^/gm, '    ').trimEnd()}\n`;
    expect(find(parallel).roles).toEqual(['a']);
  });
});

describe('env', () => {
  const role = { 'role-to-assume': '${{ env.ROLE }}' };
  const write = '      - run: echo "ROLE=x" >> $GITHUB_ENV\n';
  test.each([
    ['of the workflow', '', '', 'env: {ROLE: w}\n', ['w']],
    ['of the job before that of the workflow', '    env: {ROLE: j}\n', '', 'env: {ROLE: w}\n', ['j']],
    ['of the step before all', '    env: {ROLE: j}\n', '        env: {ROLE: s}\n', '', ['s']],
    [
      'with an expression',
      "    env: {ROLE: '${{ vars.R }}-${{ github.ref_name }}'}\n",
      '',
      '',
      ['${{ vars.R }}-main'],
    ],
    [
      'a step that builds on the job',
      '    env: {ROLE: j}\n',
      "        env: {ROLE: '${{ env.ROLE }}-s'}\n",
      '',
      ['j-s'],
    ],
    ['of nothing', '', '', '', ['${{ env.ROLE }}']],
    ['as one expression', "    env: ${{ fromJSON('{}') }}\n", '', '', ['${{ env.ROLE }}']],
  ])('%s', (_, ofJob, ofStep, ofWorkflow, expected) => {
    const { runs } = read(`${ofWorkflow}${job(step(OURS, role, ofStep), ofJob)}`);
    expect(runs.flatMap(({ assumptions }) => assumptions.map((one) => one.role.shown))).toEqual(expected);
  });

  test('what a command before wrote outranks the job, and not the step', () => {
    const env = '    env: {ROLE: j}\n';
    expect(find(write + step(OURS, role), {}, {}, env).roles).toEqual(['${{ env.ROLE }}']);
    expect(find(write + step(OURS, role, '        env: {ROLE: s}\n'), {}, {}, env).roles).toEqual(['s']);
    expect(find(step(OURS, role) + write, {}, {}, env).roles).toEqual(['j']);
    expect(find(write + step(OURS, role), {}, { variables: { env: { ROLE: 'known' } } }, env).roles).toEqual([
      'known',
    ]);
  });

  test.each([
    [`${THEIRS}@v6`, ['e']],
    [`${THEIRS}@v4`, ['e']],
    [`${THEIRS}@v4.2.1`, ['e']],
    [`${THEIRS}@v4.1.0`, []],
    [`${THEIRS}@v3`, []],
    [OURS, ['e for mine']],
  ])('%s takes inputs from variables', (uses, expected) => {
    const env = '    env: {ROLE_TO_ASSUME: e, AUDIENCE: mine}\n';
    expect(find(step(uses, { 'aws-region': 'eu-west-1' }), {}, {}, env).roles).toEqual(expected);
    expect(find(step(uses, { 'translate-env-variables': false }), {}, {}, env).roles).toEqual([]);
  });

  test('keys in the environment are what a job without a token works with', () => {
    const keys = '    env: {AWS_ACCESS_KEY_ID: x}\n';
    const of = (more: string, steps: string, permissions = '{}') =>
      read(
        `on: {push: {branches: [main]}}\npermissions: ${permissions}\njobs:\n  deploy:\n${more}    steps:\n${steps}`,
      ).runs[0]?.assumptions.length;
    const assume = step(`${THEIRS}@v6`, { 'role-to-assume': DEPLOY });
    const first = step(`${THEIRS}@v6`, { 'aws-access-key-id': '${{ secrets.K }}' });
    expect([of('', assume), of(keys, assume), of('', first + assume)]).toEqual([1, 0, 0]);
    expect(of(keys, assume, 'write-all')).toBe(1);
  });
});

describe('profiles', () => {
  const PROFILES = `[profile hub]
role_arn = arn:aws:iam::111111111111:role/hub
[profile dev]
source_profile = hub
role_arn = arn:aws:iam::222222222222:role/deploy
[profile own]
role_arn = arn:aws:iam::333333333333:role/own
[profile box]
credential_source = Ec2InstanceMetadata
role_arn = arn:aws:iam::444444444444:role/box
[profile always]
credential_source = GitHubOidc
role_arn = arn:aws:iam::555555555555:role/always
`;
  const HUB = 'hub: arn:aws:iam::111111111111:role/hub';
  const OWN = 'own: arn:aws:iam::333333333333:role/own';
  const ALWAYS = 'always: arn:aws:iam::555555555555:role/always';

  test.each([
    [{}, [HUB, OWN, ALWAYS]],
    [{ 'select-profiles': 'dev' }, [HUB]],
    [{ 'select-profiles': 'dev, own' }, [HUB, OWN]],
    [{ 'select-profiles': 'box' }, []],
    [{ 'select-profiles': "${{ github.ref_name == 'main' && 'own' || 'dev' }}" }, [OWN]],
    [{ 'select-profiles': '${{ vars.P }}' }, [HUB, OWN, ALWAYS].map((role) => `${role} if select-profiles`)],
    [{ 'aws-access-key-id': '${{ secrets.K }}' }, [ALWAYS]],
    [{ audience: 'mine' }, [HUB, OWN, ALWAYS].map((role) => `${role} for mine`)],
  ])('inline with %j', (inputs, expected) => {
    expect(roles(OURS, { profiles: PROFILES, ...inputs } as Record<string, string>)).toEqual(expected);
  });

  test('from a file', () => {
    const found = find(step(OURS, { 'profiles-file': './.aws/accounts.ini', 'select-profiles': 'dev' }), {
      '.aws/accounts.ini': PROFILES,
    });
    expect(found).toEqual({ roles: [HUB], gaps: [] });
  });

  test('a file that is not there is a gap, and a role that is not known', () => {
    const found = find(step(OURS, { 'profiles-file': 'made.ini' }));
    expect(found).toEqual({
      roles: ['${{ profiles-file }}'],
      gaps: ['7: profiles-file: the file made.ini was not found'],
    });
  });

  test('expressions in the text', () => {
    const profiles =
      '[profile a]\nrole_arn = arn:aws:iam::${{ vars.ACCOUNT }}:role/x-${{ github.ref_name }}\n';
    expect(roles(OURS, { profiles })).toEqual(['a: arn:aws:iam::${{ vars.ACCOUNT }}:role/x-main']);
    expect(roles(OURS, { profiles: '${{ vars.PROFILES }}' })).toEqual(['${{ vars.PROFILES }}']);
  });

  test('what is wrong in the text is a gap', () => {
    const { gaps } = find(step(OURS, { profiles: 'x\n[profile a]\nsource_profile = a\nrole_arn = r\n' }));
    expect(gaps.map((gap) => gap.replace(/ expected .*/, ''))).toEqual([
      '7: line 1 of the profiles is not valid:',
      '7: the profile a does not lead to an identity',
    ]);
  });
});

describe('composite actions of the repository', () => {
  const ACTION = (steps: string, inputs = '') =>
    `name: x\ninputs: {role: {default: 'none'}, stage: {}${inputs}}\nruns:\n  using: composite\n  steps:\n${steps}`;
  const LOGIN = '.github/actions/login/action.yml';
  const inner = (role: string, more = '') =>
    step(`${THEIRS}@v6`, { 'role-to-assume': role }, more).replaceAll(/^ {2}/gm, '');

  test.each([
    ['./.github/actions/login', { role: 'given' }, ['given in .github/actions/login/action.yml:6']],
    ['./.github/actions/login/', {}, ['none in .github/actions/login/action.yml:6']],
    [
      'octo/app/.github/actions/login@main',
      { role: 'given' },
      ['given in .github/actions/login/action.yml:6'],
    ],
    [
      './.github/actions/login',
      { ROLE: 'x-${{ secrets.R }}' },
      ['x-${{ secrets.R }} in .github/actions/login/action.yml:6'],
    ],
  ])('%s with %j', (uses, inputs, expected) => {
    const found = find(step(uses, inputs as Record<string, string>), {
      [LOGIN]: ACTION(inner('${{ inputs.role }}')),
    });
    expect(found).toEqual({ roles: expected, gaps: [] });
  });

  test('nested, with conditions and the variables of the job', () => {
    const outer = '.github/actions/outer/action.yaml';
    const { runs, gaps } = read({
      [MAIN]: job(
        step('./.github/actions/outer', { stage: '${{ github.ref_name }}' }),
        '    env: {ACCOUNT: "111111111111"}\n',
      ),
      [outer]: ACTION(
        step('./.github/actions/login', {
          role: 'arn:aws:iam::${{ env.ACCOUNT }}:role/${{ inputs.stage }}',
        }).replaceAll(/^ {2}/gm, ''),
      ),
      [LOGIN]: ACTION(
        inner('${{ inputs.role }}', "        if: inputs.role != 'none' && github.ref_type == 'branch'\n") +
          inner('never', "        if: inputs.role == 'none'\n"),
      ),
    });
    expect(gaps).toEqual([]);
    expect(runs[0]?.assumptions).toMatchObject([
      {
        role: { text: 'arn:aws:iam::111111111111:role/main' },
        at: { file: LOGIN, line: 6 },
        through: [
          { file: MAIN, line: 8 },
          { file: outer, line: 6 },
        ],
      },
    ]);
  });

  test('it sees no secrets, and no inputs of the workflow', () => {
    const found = find(step('./.github/actions/login', {}), {
      [LOGIN]: ACTION(inner('${{ secrets.R }}${{ inputs.other }}')),
    });
    expect(found.roles).toEqual([
      '${{ an expression that is not valid }} in .github/actions/login/action.yml:6',
    ]);
    expect(found.gaps).toHaveLength(1);
  });

  test('this action itself, and actions of the repository that are programs', () => {
    const program = (main: string) => `inputs: {role-to-assume: {}}\nruns: {using: node24, main: ${main}}\n`;
    const own = step('./', { 'role-to-assume': 'own' });
    expect(find(own, { 'action.yml': program('dist/main/index.js') }).roles).toEqual(['own']);
    const exec = step('./exec', { 'role-to-assume': 'own' });
    expect(find(exec, { 'exec/action.yml': program('../dist/exec/index.js') }).roles).toEqual(['own']);
    expect(find(own, { 'action.yml': program('lib/other.js') })).toEqual({
      roles: [],
      gaps: ['7: the action action.yml may assume the role itself'],
    });
    expect(find(own, { 'action.yml': 'inputs: {x: {}}\nruns: {using: node24, main: a.js}\n' })).toEqual({
      roles: [],
      gaps: [],
    });
  });

  test.each([
    ['./missing', {}, 'the action ./missing is not in the repository'],
    ['./.github/actions/login', { [LOGIN]: 'runs: [' }, `the action ${LOGIN} is not valid YAML`],
    [
      './.github/actions/login',
      { [LOGIN]: ACTION(step('./.github/actions/login', {}).replaceAll(/^ {2}/gm, '')) },
      'composite actions nested more than 10 levels deep',
    ],
  ])('a gap: %s', (uses, files, what) => {
    expect(
      find(step(uses, {}), files as Record<string, string>).gaps.map((gap) => gap.replace(/^\d+: /, '')),
    ).toEqual([what]);
  });
});

describe('what is not read is a gap', () => {
  test.each([
    [
      step('other/login@v2', { 'role-to-assume': DEPLOY }),
      'the action other/login@v2 receives a role and is not read',
    ],
    [step('other/login@v2', { role: DEPLOY }), 'the action other/login@v2 receives a role and is not read'],
    [
      step('octo/shared/login@v2', {}),
      'the action octo/shared/login@v2 is in another repository and is not read',
    ],
    [
      '      - run: aws sts assume-role-with-web-identity --role-arn x\n',
      'the command requests or presents a token itself',
    ],
    [
      '      - run: curl "$ACTIONS_ID_TOKEN_REQUEST_URL"\n',
      'the command requests or presents a token itself',
    ],
    [
      step('actions/github-script@v8', { script: 'await core.getIDToken()' }),
      'the script requests a token itself',
    ],
  ])('case %#', (steps, what) => {
    expect(find(steps)).toEqual({ roles: [], gaps: [`7: ${what}`] });
  });

  test.each([
    [step('actions/checkout@v6', {})],
    [step('aws-actions/amazon-ecr-login@v2', {})],
    [step('docker://alpine', {})],
    [step('octo/assume-aws-roles/logout@v1', {})],
    ['      - run: make\n'],
    [''],
  ])('and nothing else is: case %#', (steps) => {
    expect(find(steps)).toEqual({ roles: [], gaps: [] });
  });
});
