/**
 * Who makes the calls of each workflow in the documentation, and in which region: `CALLER: ACCOUNT/ROLE in REGION`. A
 * recipe that is new to the documentation is entered here.
 */

const HUB = '111111111111/deploy-hub in eu-west-1';
const DEPLOY = '111111111111/deploy in eu-west-1';
const SPOKE = '222222222222/deploy in eu-west-1';
const STATE = '111111111111/terraform-state in eu-west-1';
const ARCHIVE = '111111111111/archive in eu-west-1';

/** Who both clients are that ask after the last step of a job. */
const afterwards = (who: string) => [`afterwards, AWS CLI: ${who}`, `afterwards, boto3: ${who}`];

/** By the file, or by page and heading. */
export const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'examples/accounts-file.yml': [
    `aws s3api list-buckets: ${HUB}`,
    `aws s3api list-buckets: ${SPOKE}`,
    ...afterwards('nobody'),
  ],
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
  'examples/matrix-deploy.yml': [
    ...afterwards('nobody'),
    `deploy.sh: ${HUB}`,
    ...afterwards(HUB),
    `deploy.sh: ${SPOKE}`,
    ...afterwards(SPOKE),
  ],

  'README.md, Assume AWS Roles': [`aws sts get-caller-identity: ${DEPLOY}`, ...afterwards(DEPLOY)],
  'README.md, Every account from one step': [
    'aws s3 ls: 333333333333/deploy in us-east-1',
    ...afterwards('nobody'),
  ],
  'README.md, One job for each account, without writing a matrix': [
    `deploy.sh: ${HUB}`,
    `deploy.sh: ${SPOKE}`,
  ],
  'README.md, A job of six hours, and no expired credential': [`terraform: ${SPOKE}`, ...afterwards(SPOKE)],
  'README.md, One command, and nothing for the rest of the job': [
    'aws s3 sync: 111111111111/publish in eu-west-1',
    ...afterwards('nobody'),
  ],
  'README.md, Log out before the job ends': ['third-party-scanner.sh: nobody', ...afterwards('nobody')],
  'README.md, A role in another account': afterwards(SPOKE),
  'README.md, Never the wrong account': afterwards(DEPLOY),
  'README.md, Credentials for one step only': [`deploy.sh: ${DEPLOY}`, ...afterwards('nobody')],
  'README.md, Fewer permissions than the role has': afterwards(DEPLOY),
  'README.md, A named profile instead of variables': [`aws s3 ls: ${DEPLOY}`, ...afterwards('nobody')],
  'README.md, As long as the role allows, or as short as the work takes': afterwards(DEPLOY),
  'README.md, Keys of an IAM user, with or without MFA': afterwards(DEPLOY),
  'README.md, A role made moments ago': afterwards('111111111111/made-by-the-step-before in eu-west-1'),
  'README.md, A runner that has credentials already': afterwards(SPOKE),
  'README.md, Pinned by commit': afterwards(DEPLOY),
  'README.md, GovCloud, China and other partitions': afterwards('111111111111/deploy in cn-north-1'),

  'docs/refresh.md, Sessions that refresh themselves': [`terraform: ${SPOKE}`, ...afterwards(SPOKE)],
  'docs/refresh.md, A long `terraform apply`': [
    `terraform: ${STATE}`,
    'terraform: 333333333333/deploy in eu-west-1',
    ...afterwards(STATE),
  ],
  'docs/refresh.md, A sync that takes hours': [`aws s3 sync: ${ARCHIVE}`, ...afterwards(ARCHIVE)],
  'docs/refresh.md, One command, refreshed while it runs': [
    `rebuild-index.sh: ${ARCHIVE}`,
    ...afterwards('nobody'),
  ],
  'docs/refresh.md, `docker build` with credentials': [`docker: ${DEPLOY}`, ...afterwards(DEPLOY)],

  'docs/setup.md, Which subject': afterwards('nobody'),
  'docs/setup.md, Check a policy before it is deployed': afterwards('nobody'),
};
