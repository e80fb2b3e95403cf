import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '../../../lab/job.ts';
import { DEPLOY, HUB } from '../../support/harness.ts';
import { BY_USER, hub, keys, keysAlone, oidc, type Situation, USER_VARIABLES } from '../situation.ts';

const profile = (name = 'deploy', more = {}) => oidc({ 'aws-profile': name, ...more });

const CONFIG = '# mine\n[profile other]\nregion = us-west-2\ns3 =\n  max_concurrent_requests = 20\n';
const TAKEN = '[deploy]\naws_access_key_id = AKIAOLD\naws_secret_access_key = old\n';

/** Writes the files that a runner's user has already. */
const files = (config: string, credentials: string) => async (job: Job) => {
  const folder = path.join(job.home, '.aws');
  await mkdir(folder);
  await writeFile(path.join(folder, 'config'), config);
  await writeFile(path.join(folder, 'credentials'), credentials);
};

/** How later steps get the session, and which sessions are refused. */
export const DELIVERY: readonly Situation[] = [
  { name: 'output-credentials: true, with a role', steps: [oidc({ 'output-credentials': 'true' })] },
  { name: 'output-credentials: true, with keys alone', steps: [keysAlone({ 'output-credentials': 'true' })] },
  { name: 'output-credentials: yes', steps: [oidc({ 'output-credentials': 'yes' })] },
  { name: 'output-env-credentials: false', steps: [oidc({ 'output-env-credentials': 'false' })] },
  {
    name: 'output-env-credentials: false, with keys alone',
    steps: [keysAlone({ 'output-env-credentials': 'false' })],
  },
  {
    name: 'output-env-credentials: false, with outputs',
    steps: [keys({ 'output-env-credentials': 'false', 'output-credentials': 'true' })],
  },
  {
    name: 'output-env-credentials: false, in a job with a region',
    env: { AWS_REGION: 'us-west-2' },
    steps: [oidc({ 'output-env-credentials': 'false' })],
  },
  { name: 'mask-aws-account-id: true', steps: [oidc({ 'mask-aws-account-id': 'true' })] },
  {
    name: 'mask-aws-account-id: True, with keys alone',
    steps: [keysAlone({ 'mask-aws-account-id': 'True' })],
  },
  {
    name: 'unset-current-credentials: true, over a session',
    env: { ...USER_VARIABLES, AWS_SESSION_TOKEN: 'of-another', AWS_DEFAULT_REGION: 'us-west-2' },
    steps: [oidc({ 'unset-current-credentials': 'true' })],
  },
  {
    name: 'unset-current-credentials: true, and a role that is not there',
    env: { ...USER_VARIABLES, AWS_REGION: 'us-west-2' },
    steps: [oidc({ 'unset-current-credentials': 'true', 'role-to-assume': `${DEPLOY}-not` })],
  },
  {
    name: 'unset-current-credentials: true, with aws-profile',
    env: USER_VARIABLES,
    steps: [profile('deploy', { 'unset-current-credentials': 'true' })],
  },

  { name: 'aws-profile: a name', steps: [profile()] },
  { name: 'aws-profile: default', steps: [profile('default')] },
  { name: 'aws-profile: in a job with a region', env: { AWS_REGION: 'us-west-2' }, steps: [profile()] },
  {
    name: 'aws-profile: with output-env-credentials',
    steps: [profile('deploy', { 'output-env-credentials': 'true' })],
  },
  {
    name: 'aws-profile: with output-credentials',
    steps: [profile('deploy', { 'output-credentials': 'true' })],
  },
  { name: 'aws-profile: with a space', steps: [profile('a b')] },
  { name: 'aws-profile: in brackets', steps: [profile('[a]')] },
  { name: 'aws-profile: with a slash', steps: [profile('a/b')] },
  { name: 'aws-profile: with a number sign', steps: [profile('a#b')] },
  { name: 'aws-profile: with keys and a role', steps: [keys({ 'aws-profile': 'deploy' })] },
  { name: 'aws-profile: with keys alone', steps: [keysAlone({ 'aws-profile': 'deploy' })] },
  {
    name: 'aws-profile: with keys and a role that is not there',
    steps: [keys({ 'aws-profile': 'deploy', 'role-to-assume': `${BY_USER}-not` })],
  },
  {
    name: 'aws-profile: beside others',
    prepare: files(CONFIG, '[other]\naws_access_key_id = AKIAOTHER\n'),
    steps: [profile()],
  },
  { name: 'aws-profile: one that is there', prepare: files(CONFIG, TAKEN), steps: [profile()] },
  {
    name: 'aws-profile: the same in two steps',
    steps: [profile(), hub({ 'aws-profile': 'deploy' })],
  },
  {
    name: 'overwrite-aws-profile: true',
    prepare: files('[profile deploy]\nregion = us-west-2\noutput = json\n', TAKEN),
    steps: [profile('deploy', { 'overwrite-aws-profile': 'true' })],
  },
  { name: 'overwrite-aws-profile: maybe', steps: [profile('deploy', { 'overwrite-aws-profile': 'maybe' })] },

  { name: 'allowed-account-ids: the right one', steps: [oidc({ 'allowed-account-ids': '111111111111' })] },
  {
    name: 'allowed-account-ids: among others',
    steps: [oidc({ 'allowed-account-ids': ' 222222222222 , 111111111111' })],
  },
  { name: 'allowed-account-ids: another', steps: [oidc({ 'allowed-account-ids': '222222222222' })] },
  {
    name: 'allowed-account-ids: another, with keys alone',
    steps: [keysAlone({ 'allowed-account-ids': '222222222222' })],
  },
  {
    name: 'allowed-account-ids: another, with aws-profile',
    steps: [profile('deploy', { 'allowed-account-ids': '222222222222' })],
  },
  {
    name: 'allowed-account-ids: another, after a comma',
    steps: [oidc({ 'allowed-account-ids': ',222222222222' })],
  },
  { name: 'allowed-account-ids: a comma', steps: [oidc({ 'allowed-account-ids': ',' })] },
  { name: 'allowed-account-ids: no number', steps: [oidc({ 'allowed-account-ids': 'prod' })] },

  {
    name: 'use-existing-credentials: true, and there are none',
    steps: [oidc({ 'use-existing-credentials': 'true' })],
  },
  {
    name: 'use-existing-credentials: true, and they are of the role',
    steps: [oidc(), oidc({ 'use-existing-credentials': 'true' })],
  },
  {
    name: 'use-existing-credentials: true, and they are of another role',
    steps: [hub(), oidc({ 'use-existing-credentials': 'true' })],
  },
  {
    name: 'use-existing-credentials: true, and they are of an account that is not allowed',
    steps: [
      hub(),
      oidc({
        'role-to-assume': HUB,
        'use-existing-credentials': 'true',
        'allowed-account-ids': '222222222222',
      }),
    ],
  },
  {
    name: 'use-existing-credentials: true, and they are not valid',
    env: { AWS_ACCESS_KEY_ID: 'AKIA0000000000000000', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) },
    steps: [oidc({ 'use-existing-credentials': 'true' })],
  },
  {
    name: 'use-existing-credentials: false',
    steps: [oidc(), oidc({ 'use-existing-credentials': 'false' })],
  },
  { name: 'use-existing-credentials: yes', steps: [oidc({ 'use-existing-credentials': 'yes' })] },
];
