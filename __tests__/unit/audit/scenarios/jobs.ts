import { GITHUB, MAIN, ROLE, type Scenario, trust, workflow } from './scenario.ts';

const PROD = 'repo:octo/app:environment:prod';
const PUSH = '{push: {branches: [main]}}';
const steps = (role: string) =>
  `[{uses: aws-actions/configure-aws-credentials@v6, with: {role-to-assume: '${role}', aws-region: eu-west-1}}]`;
const CALLED = `on: {workflow_call: {inputs: {stage: {type: string}}}}\njobs:\n  run:\n    runs-on: ubuntu-latest\n    environment: \${{ inputs.stage }}\n    steps: ${steps(ROLE)}\n`;

/** Environments, called workflows, matrices, permissions and roles of jobs. */
export const JOBS: readonly Scenario[] = [
  {
    name: 'environment',
    on: PUSH,
    job: 'environment: prod',
    policy: trust(PROD),
    rows: ['push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment with a url',
    on: PUSH,
    job: 'environment: {name: prod, url: "https://x"}',
    policy: trust(PROD),
    rows: ['push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment against a role for the branch',
    on: PUSH,
    job: 'environment: prod',
    policy: trust('repo:octo/app:ref:refs/heads/main'),
    rows: ['push refs/heads/main in prod | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'branch against a role for the environment',
    on: PUSH,
    policy: trust(PROD),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'another environment',
    on: PUSH,
    job: 'environment: staging',
    policy: trust(PROD),
    rows: ['push refs/heads/main in staging | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'environment in other letters',
    on: PUSH,
    job: 'environment: Prod',
    policy: trust(PROD),
    rows: ['push refs/heads/main in Prod | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'environment of a pull request',
    on: 'pull_request',
    job: 'environment: prod',
    policy: trust(PROD),
    rows: [
      'pull_request refs/pull/*/merge in prod | allowed',
      'pull_request refs/pull/*/merge in prod | no-token',
    ],
    findings: ['note immutable-break'],
  },
  {
    name: 'empty environment is none',
    on: PUSH,
    job: "environment: ''",
    policy: trust('repo:octo/app:ref:refs/heads/main'),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a colon in the name of the environment',
    on: PUSH,
    job: 'environment: "eu:prod"',
    policy: trust('repo:octo/app:environment:eu%3Aprod'),
    rows: ['push refs/heads/main in eu:prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environments by matrix',
    on: PUSH,
    job: 'strategy: {matrix: {stage: [dev, prod]}}\nenvironment: ${{ matrix.stage }}',
    policy: trust(PROD),
    rows: ['push refs/heads/main in dev | denied', 'push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environments by matrix with include and exclude',
    on: PUSH,
    job: 'strategy: {matrix: {stage: [dev, prod], exclude: [{stage: dev}], include: [{stage: qa}]}}\nenvironment: ${{ matrix.stage }}',
    policy: trust(['repo:octo/app:environment:prod', 'repo:octo/app:environment:qa']),
    rows: ['push refs/heads/main in prod | allowed', 'push refs/heads/main in qa | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment by a dispatch input with options',
    on: '{workflow_dispatch: {inputs: {stage: {type: choice, options: [dev, prod]}}}}',
    job: 'environment: ${{ inputs.stage }}',
    policy: trust(PROD),
    rows: [
      'workflow_dispatch refs/heads/** in dev | denied',
      'workflow_dispatch refs/heads/** in prod | allowed',
      'workflow_dispatch refs/tags/** in dev | denied',
      'workflow_dispatch refs/tags/** in prod | allowed',
    ],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment by a free dispatch input',
    on: '{workflow_dispatch: {inputs: {stage: {type: string}}}}',
    job: 'environment: ${{ inputs.stage }}',
    policy: trust(PROD),
    rows: [
      'workflow_dispatch refs/heads/** in ${{ inputs.stage }} | depends',
      'workflow_dispatch refs/heads/** | denied',
      'workflow_dispatch refs/tags/** in ${{ inputs.stage }} | depends',
      'workflow_dispatch refs/tags/** | denied',
    ],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment by a variable that is given',
    on: PUSH,
    job: 'environment: ${{ vars.STAGE }}',
    facts: { variables: { vars: { STAGE: 'prod' } } },
    policy: trust(PROD),
    rows: ['push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment by a variable that is not given',
    on: PUSH,
    job: 'environment: ${{ vars.STAGE }}',
    policy: trust(PROD),
    open: true,
    rows: ['push refs/heads/main in ${{ vars.STAGE }} | unknown', 'push refs/heads/main | denied'],
    findings: ['note immutable-break'],
  },
  {
    name: 'environment by a variable, role for all environments',
    on: PUSH,
    job: 'environment: ${{ vars.STAGE }}',
    policy: trust('repo:octo/app:*'),
    rows: ['push refs/heads/main in ${{ vars.STAGE }} | allowed', 'push refs/heads/main | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'environment by the branch',
    on: '{push: {branches: [main, dev]}}',
    job: "environment: ${{ github.ref_name == 'main' && 'prod' || 'dev' }}",
    policy: trust(PROD),
    rows: ['push refs/heads/main in prod | allowed', 'push refs/heads/dev in dev | denied'],
    findings: ['note immutable-break'],
  },
  {
    name: 'condition on the claim environment',
    on: PUSH,
    job: 'environment: prod',
    policy: trust('repo:octo/app:*', { conditions: { StringEquals: { [`${GITHUB}:environment`]: 'prod' } } }),
    rows: ['push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'condition on the claim environment of a job without one',
    on: PUSH,
    policy: trust('repo:octo/app:*', { conditions: { StringEquals: { [`${GITHUB}:environment`]: 'prod' } } }),
    rows: ['push refs/heads/main | denied'],
    findings: ['note stale-statement'],
  },
  {
    name: 'a called workflow',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: ./.github/workflows/called.yml, with: {stage: prod}}}\n`,
      '.github/workflows/called.yml': CALLED,
    },
    policy: trust(PROD),
    rows: ['→ called.yml#run push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a called workflow by job_workflow_ref',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: ./.github/workflows/called.yml, with: {stage: prod}}}\n`,
      '.github/workflows/called.yml': CALLED,
    },
    policy: trust('repo:octo/app:*', {
      conditions: {
        StringLike: { [`${GITHUB}:job_workflow_ref`]: 'octo/app/.github/workflows/called.yml@*' },
      },
    }),
    rows: ['→ called.yml#run push refs/heads/main in prod | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'the caller by job_workflow_ref',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: ./.github/workflows/called.yml, with: {stage: prod}}}\n`,
      '.github/workflows/called.yml': CALLED,
    },
    policy: trust('repo:octo/app:*', {
      conditions: { StringLike: { [`${GITHUB}:job_workflow_ref`]: 'octo/app/.github/workflows/main.yml@*' } },
    }),
    rows: ['→ called.yml#run push refs/heads/main in prod | denied'],
    findings: ['note stale-statement', 'warning too-wide'],
  },
  {
    name: 'a called workflow that has no permission of its own',
    files: {
      [MAIN]: `on: ${PUSH}\njobs: {deploy: {uses: ./.github/workflows/called.yml, permissions: {contents: read}, with: {stage: prod}}}\n`,
      '.github/workflows/called.yml': CALLED,
    },
    policy: trust(PROD),
    rows: ['→ called.yml#run push refs/heads/main in prod | no-token'],
    findings: ['error missing-permission', 'note immutable-break'],
  },
  {
    name: 'called workflows in two levels',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: ./.github/workflows/middle.yml}}\n`,
      '.github/workflows/middle.yml':
        'on: workflow_call\njobs: {middle: {uses: ./.github/workflows/called.yml, with: {stage: prod}}}\n',
      '.github/workflows/called.yml': CALLED,
    },
    policy: trust('repo:octo/app:*', {
      conditions: {
        StringEquals: {
          [`${GITHUB}:job_workflow_ref`]: 'octo/app/.github/workflows/called.yml@refs/heads/main',
        },
      },
    }),
    rows: ['→ called.yml#run push refs/heads/main in prod | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'a called workflow of another repository',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: octo/shared/.github/workflows/deploy.yml@0123456789012345678901234567890123456789}}\n`,
      'octo/shared/.github/workflows/deploy.yml@0123456789012345678901234567890123456789': `on: workflow_call\njobs: {run: {runs-on: ubuntu-latest, steps: ${steps(ROLE)}}}\n`,
    },
    policy: trust('repo:octo/app:*', {
      conditions: {
        StringLike: { [`${GITHUB}:job_workflow_ref`]: 'octo/shared/.github/workflows/deploy.yml@*' },
      },
    }),
    rows: [
      '→ octo/shared/deploy.yml@0123456789012345678901234567890123456789#run push refs/heads/main | allowed',
    ],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'a called workflow that is not read',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {uses: octo/shared/.github/workflows/deploy.yml@v1}}\n`,
    },
    policy: trust('repo:octo/app:*'),
    rows: [],
    findings: ['warning too-wide'],
    gaps: [/called workflow/],
  },
  {
    name: 'a composite action of the repository',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {runs-on: ubuntu-latest, steps: [{uses: ./deploy, with: {role: '${ROLE}'}}]}}\n`,
      'deploy/action.yml':
        "runs: {using: composite, steps: [{uses: aws-actions/configure-aws-credentials@v6, with: {role-to-assume: '${{ inputs.role }}', aws-region: eu-west-1}}]}\ninputs: {role: {required: true}}\n",
    },
    policy: trust('repo:octo/app:ref:refs/heads/main'),
    rows: ['push refs/heads/main | allowed'],
    findings: ['note immutable-break'],
  },
  {
    name: 'an audience of its own',
    on: PUSH,
    with: 'audience: https://octo.example',
    policy: trust('repo:octo/app:*', { aud: 'https://octo.example' }),
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'an audience that the policy does not have',
    on: PUSH,
    with: 'audience: https://octo.example',
    policy: trust('repo:octo/app:*'),
    rows: ['push refs/heads/main | denied'],
    findings: ['error audience-mismatch', 'warning too-wide', 'note immutable-break'],
  },
  {
    name: 'the same name in another path',
    on: PUSH,
    role: 'arn:aws:iam::111111111111:role/ci/deploy',
    policies: { '111111111111/other/deploy.json': trust('repo:octo/app:*') },
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['error role-path-mismatch', 'warning too-wide', 'note immutable-break'],
  },
  {
    name: 'a role of another account',
    on: PUSH,
    role: 'arn:aws:iam::222222222222:role/deploy',
    policy: trust('repo:octo/app:*'),
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning missing-policy', 'warning too-wide', 'note immutable-break'],
  },
  {
    name: 'a secret for a role',
    on: PUSH,
    role: '${{ secrets.ROLE }}',
    policy: trust('repo:octo/app:*'),
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'a secret for a role that is given',
    on: PUSH,
    role: '${{ secrets.ROLE }}',
    facts: { variables: { secrets: { ROLE } } },
    policy: trust('repo:octo/app:*'),
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'a secret for the account alone',
    on: PUSH,
    role: 'arn:aws:iam::${{ secrets.ACCOUNT }}:role/deploy',
    policies: {
      '111111111111/deploy.json': trust('repo:octo/app:*'),
      '222222222222/deploy.json': trust('repo:octo/other:*', {
        federated: `arn:aws:iam::222222222222:oidc-provider/${GITHUB}`,
      }),
      '222222222222/read.json': trust('repo:octo/app:*'),
    },
    rows: [
      'push refs/heads/main 111111111111:role/deploy | allowed',
      'push refs/heads/main 222222222222:role/deploy | denied',
    ],
    findings: [
      'warning too-wide',
      'note immutable-break',
      'warning too-wide',
      'note other-repository',
      'note stale-statement',
      'warning too-wide',
    ],
  },
  {
    name: 'a role by matrix',
    on: PUSH,
    job: 'strategy: {matrix: {account: ["111111111111", "222222222222"]}}',
    role: 'arn:aws:iam::${{ matrix.account }}:role/deploy',
    policies: {
      '111111111111/deploy.json': trust('repo:octo/app:*'),
      '222222222222/deploy.json': trust('repo:octo/app:*'),
    },
    rows: [
      'push refs/heads/main 111111111111:role/deploy | allowed',
      'push refs/heads/main 222222222222:role/deploy | denied',
    ],
    findings: ['warning too-wide', 'note immutable-break', 'note stale-statement', 'warning too-wide'],
  },
  {
    name: 'a bare name',
    on: PUSH,
    role: 'deploy',
    policies: { 'deploy.json': trust('repo:octo/app:*') },
    rows: ['push refs/heads/main | allowed'],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'static keys and role chaining present no token',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {runs-on: ubuntu-latest, steps: [{uses: aws-actions/configure-aws-credentials@v6, with: {aws-access-key-id: x, aws-secret-access-key: y, role-to-assume: '${ROLE}', aws-region: eu-west-1}}, {uses: aws-actions/configure-aws-credentials@v6, with: {role-chaining: true, role-to-assume: '${ROLE}', aws-region: eu-west-1}}]}}\n`,
    },
    policy: trust('repo:octo/app:*'),
    rows: [],
    findings: ['warning too-wide', 'note immutable-break'],
  },
  {
    name: 'the role for pull requests of this action',
    files: {
      [MAIN]: `on: {push: {branches: [main]}, pull_request: {}}\npermissions: {id-token: write}\njobs: {deploy: {runs-on: ubuntu-latest, steps: [{uses: o/assume-aws-roles@v1, with: {role-to-assume: '${ROLE}', role-for-pull-requests: 'arn:aws:iam::111111111111:role/read', aws-region: eu-west-1}}]}}\n`,
    },
    policies: {
      '111111111111/deploy.json': trust('repo:octo/app:ref:refs/heads/main'),
      '111111111111/read.json': trust('repo:octo/app:pull_request'),
    },
    rows: [
      'push refs/heads/main 111111111111:role/deploy | allowed',
      'pull_request refs/pull/*/merge 111111111111:role/read | allowed',
      'pull_request refs/pull/*/merge 111111111111:role/read | no-token',
    ],
    findings: ['note immutable-break', 'note immutable-break'],
  },
  {
    name: 'two jobs, one role',
    files: {
      [MAIN]: workflow(PUSH),
      '.github/workflows/test.yml': workflow('pull_request').replace('deploy:', 'plan:'),
    },
    policy: trust(['repo:octo/app:ref:refs/heads/main', 'repo:octo/app:pull_request']),
    rows: [
      'push refs/heads/main | allowed',
      'plan pull_request refs/pull/*/merge | allowed',
      'plan pull_request refs/pull/*/merge | no-token',
    ],
    findings: ['warning pull-request-into-deploying-role', 'note immutable-break'],
  },
  {
    name: 'the second audience of this action in another partition',
    files: {
      [MAIN]: `on: ${PUSH}\npermissions: {id-token: write}\njobs: {deploy: {runs-on: ubuntu-latest, steps: [{uses: o/assume-aws-roles@v1, with: {role-to-assume: 'arn:aws-cn:iam::111111111111:role/deploy', aws-region: cn-north-1}}]}}\n`,
    },
    policy: trust('repo:octo/app:ref:refs/heads/main', {
      aud: 'sts.amazonaws.com.cn',
      federated: `arn:aws-cn:iam::111111111111:oidc-provider/${GITHUB}`,
    }),
    open: true,
    rows: ['push refs/heads/main | unknown'],
    findings: ['note immutable-break'],
  },
];
