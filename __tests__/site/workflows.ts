/** Workflows of the kinds that repositories have, by what they are about. Files by their path in the repository. */
export type RepositoryFiles = Readonly<Record<string, string>>;

const DEPLOY = '.github/workflows/deploy.yml';
const GATE = '.github/workflows/_gate.yml';

/** Deploys to each account of a matrix, with an environment for each. */
const MATRIX = `name: Deploy to all stages
on:
  push:
    branches: [main, 'release/**']
    tags: ['v*']
permissions:
  id-token: write
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: npm test
  deploy:
    needs: test
    runs-on: ubuntu-latest
    strategy:
      matrix:
        include:
          - { stage: dev, account: '222222222222', region: eu-west-1 }
          - { stage: prod, account: '333333333333', region: us-east-1 }
    environment:
      name: \${{ matrix.stage }}
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::\${{ matrix.account }}:role/ci/deploy
          aws-region: \${{ matrix.region }}
`;

/** Plans for pull requests, and applies on the default branch and by hand. */
const PLAN_AND_APPLY = `on:
  pull_request:
    branches: [main]
  push:
    branches: [main]
  workflow_dispatch:
    inputs:
      stage:
        type: choice
        options: [staging, production]
  schedule:
    - cron: '0 5 * * *'
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    permissions:
      id-token: write
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::111111111111:role/plan
          aws-region: eu-west-1
  apply:
    if: github.event_name != 'pull_request'
    runs-on: ubuntu-latest
    environment: \${{ inputs.stage || 'staging' }}
    permissions:
      id-token: write
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::\${{ vars.AWS_ACCOUNT }}:role/apply
          aws-region: eu-west-1
          audience: https://deploy.example.com
`;

const CALLER = `on:
  push:
    branches: [main]
permissions:
  id-token: write
jobs:
  staging:
    uses: ./.github/workflows/_gate.yml
    with:
      stage: staging
  shared:
    uses: octo-org/workflows/.github/workflows/deploy.yml@v2
`;

const CALLED = `on:
  workflow_call:
    inputs:
      stage:
        type: string
        required: true
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: \${{ inputs.stage }}
    steps:
      - uses: octo-org/assume-aws-roles@v1
        with:
          role-to-assume: arn:aws-us-gov:iam::444444444444:role/gate
          aws-region: us-gov-west-1
`;

const FORGOTTEN = `on: push
permissions:
  contents: read
jobs:
  upload:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: \${{ secrets.AWS_ROLE }}
          aws-region: eu-west-1
`;

/** By what they are about. */
export const WORKFLOWS: Readonly<Record<string, RepositoryFiles>> = {
  'a matrix with environments': { [DEPLOY]: MATRIX },
  'pull requests, a choice, and a schedule': { [DEPLOY]: PLAN_AND_APPLY },
  'a called workflow': { [DEPLOY]: CALLER, [GATE]: CALLED },
  'a called workflow that is missing': { [DEPLOY]: CALLER },
  'only a called workflow': { [GATE]: CALLED },
  'no permission': { [DEPLOY]: FORGOTTEN },
  'YAML that is not valid': { [DEPLOY]: `${MATRIX}  - a: [\n` },
  'text that is no workflow': { [DEPLOY]: 'name: nothing else\n' },
  'an expression that is not valid': {
    [DEPLOY]: FORGOTTEN.replace('secrets.AWS_ROLE', 'secrets.AWS_ROLE ||').replace(
      'contents: read',
      'id-token: write',
    ),
  },
  'no AWS': {
    [DEPLOY]:
      'on: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n',
  },
  'a token for others': {
    [DEPLOY]: `on:
  release:
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - run: npm publish --provenance
  own:
    runs-on: ubuntu-latest
    permissions: write-all
    steps:
      - run: curl "$ACTIONS_ID_TOKEN_REQUEST_URL"
`,
  },
  'profiles, and a composite action': {
    [DEPLOY]: `on:
  merge_group:
  pull_request_target:
  deployment:
permissions: write-all
jobs:
  fleet:
    runs-on: [self-hosted, linux]
    if: vars.FLEET == 'on'
    steps:
      - uses: octo-org/assume-aws-roles@v1
        with:
          aws-region: eu-west-1
          profiles: |
            [profile hub]
            role_arn = arn:aws:iam::111111111111:role/hub
            [profile dev]
            source_profile = hub
            role_arn = arn:aws:iam::222222222222:role/dev
  composite:
    runs-on: ubuntu-latest
    environment: \${{ vars.STAGE }}
    steps:
      - uses: ./.github/actions/login
`,
    '.github/actions/login/action.yml': `runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with:
        role-to-assume: login
        aws-region: eu-west-1
`,
  },
};

/** The text for the page: each file after a line with its path. */
export function textOf(files: RepositoryFiles): string {
  return Object.entries(files)
    .map(([path, text]) => `# file: ${path}\n${text}`)
    .join('');
}

/** The files of a case. */
export function filesOf(name: keyof typeof WORKFLOWS): RepositoryFiles {
  const files = WORKFLOWS[name];
  if (files === undefined) throw new Error(`There is no case ${name}.`);
  return files;
}
