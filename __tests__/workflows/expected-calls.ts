/**
 * Who makes the calls of each workflow in the documentation, and in which region: `CALLER: ACCOUNT/ROLE in REGION`. A
 * recipe that is new to the documentation is entered here.
 */

const HUB = '111111111111/deploy-hub in eu-west-1';
const DEPLOY = '111111111111/deploy in eu-west-1';
const SPOKE = '222222222222/deploy in eu-west-1';
const STATE = '111111111111/terraform-state in eu-west-1';
const ARCHIVE = '111111111111/archive in eu-west-1';

/** The accounts of the unit in the documentation: dev, prod-eu and prod-us. */
const UNIT = ['222222222222', '333333333333', '444444444444'].map((id) => `${id}/deploy in eu-west-1`);

/** Who both clients are that ask after the last step of a job. */
const afterwards = (who: string) => [`afterwards, AWS CLI: ${who}`, `afterwards, boto3: ${who}`];

/** By the file, or by page and heading. */
export const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'examples/accounts-file.yml': [
    `aws s3api list-buckets: ${HUB}`,
    `aws s3api list-buckets: ${SPOKE}`,
    ...afterwards('nobody'),
  ],
  'examples/accounts-of-a-unit.yml': [
    ...UNIT.map((who) => `aws s3api list-buckets: ${who}`),
    ...afterwards('nobody'),
  ],
  'examples/canary-then-all.yml': UNIT.map((who) => `terraform: ${who}`),
  'examples/plan-and-apply.yml': [`terraform: ${DEPLOY}`, ...afterwards(DEPLOY)],
  'examples/blue-green-regions.yml': [
    `deploy.sh: ${DEPLOY}`,
    `smoke-test.sh: ${DEPLOY}`,
    'deploy.sh: 111111111111/deploy in eu-central-1',
    'publish-report.sh: nobody',
    ...afterwards('nobody'),
  ],
  'examples/hub-and-spokes.yml': [
    `aws cloudformation deploy: ${SPOKE}`,
    'aws cloudformation deploy: 333333333333/deploy in us-east-1',
    ...afterwards('nobody'),
  ],
  // The job that lists the accounts, and one for each.
  'examples/matrix-deploy.yml': [...afterwards('nobody'), `deploy.sh: ${SPOKE}`, ...afterwards(SPOKE)],

  'README.md, Assume AWS Roles': [`aws sts get-caller-identity: ${DEPLOY}`, ...afterwards(DEPLOY)],
  'docs/recipes.md, Get sessions for every account in one step': [
    'aws s3 ls: 333333333333/deploy in us-east-1',
    ...afterwards('nobody'),
  ],
  'docs/recipes.md, Read the receipt, and find a session in CloudTrail': afterwards('nobody'),
  'docs/recipes.md, Get sessions for every account of an organization': [
    'aws s3 ls: 333333333333/deploy in eu-west-1',
    ...afterwards('nobody'),
  ],
  'docs/recipes.md, Read in pull requests, write on main': afterwards(DEPLOY),
  'docs/recipes.md, Tag a session from an OIDC token': afterwards(DEPLOY),
  'docs/recipes.md, Run one job for each account without writing a matrix': [`deploy.sh: ${SPOKE}`],
  'docs/recipes.md, Run one job for each account without writing a matrix (2)': UNIT.map(
    (who) => `deploy.sh: ${who}`,
  ),
  'docs/recipes.md, Keep credentials valid in a long job': [`terraform: ${SPOKE}`, ...afterwards(SPOKE)],
  'docs/recipes.md, Give credentials to one command only': [
    'aws s3 sync: 111111111111/publish in eu-west-1',
    ...afterwards('nobody'),
  ],
  'docs/recipes.md, Log out before the job ends': ['third-party-scanner.sh: nobody', ...afterwards('nobody')],
  'docs/recipes.md, Assume a role in another account': afterwards(SPOKE),
  'docs/recipes.md, Accept only certain accounts': afterwards(DEPLOY),
  'docs/recipes.md, Give credentials to one step only': [`deploy.sh: ${DEPLOY}`, ...afterwards('nobody')],
  'docs/recipes.md, Limit the permissions of a session': afterwards(DEPLOY),
  'docs/recipes.md, Write a named profile instead of variables': [
    `aws s3 ls: ${DEPLOY}`,
    ...afterwards('nobody'),
  ],
  'docs/recipes.md, Choose how long the session is valid': afterwards(DEPLOY),
  'docs/recipes.md, Use the access keys of an IAM user, with or without MFA': afterwards(DEPLOY),
  'docs/recipes.md, Wait for a new role': afterwards('111111111111/made-by-the-step-before in eu-west-1'),
  'docs/recipes.md, Use credentials that the runner already has': afterwards(SPOKE),
  'README.md, Pin the action to a commit': afterwards(DEPLOY),
  'docs/recipes.md, Use GovCloud, China, and other partitions': afterwards(
    '111111111111/deploy in cn-north-1',
  ),

  'docs/refresh.md, Refresh sessions': [`terraform: ${SPOKE}`, ...afterwards(SPOKE)],
  'docs/refresh.md, Run a long `terraform apply`': [
    `terraform: ${STATE}`,
    'terraform: 333333333333/deploy in eu-west-1',
    ...afterwards(STATE),
  ],
  'docs/refresh.md, Run a sync that takes hours': [`aws s3 sync: ${ARCHIVE}`, ...afterwards(ARCHIVE)],
  'docs/refresh.md, Refresh credentials for one command only': [
    `rebuild-index.sh: ${ARCHIVE}`,
    ...afterwards('nobody'),
  ],
  'docs/refresh.md, Use credentials in `docker build`': [`docker: ${DEPLOY}`, ...afterwards(DEPLOY)],

  'docs/setup.md, Use the role': [`aws sts get-caller-identity: ${DEPLOY}`, ...afterwards(DEPLOY)],
  'docs/setup.md, Find the subject of a job': afterwards('nobody'),
  'docs/setup.md, One role for pull requests, one for deploying': afterwards(DEPLOY),
  'docs/setup.md, Check a trust policy before you deploy it': afterwards('nobody'),
};
