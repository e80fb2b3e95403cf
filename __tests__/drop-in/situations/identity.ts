import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '../../../lab/job.ts';
import type { Lab } from '../../../lab/lab.ts';
import { DEPLOY, USER_KEYS } from '../../support/harness.ts';
import {
  AUDIENCE,
  ambient,
  BY_USER,
  hop,
  hub,
  keys,
  keysAlone,
  OCTO,
  oidc,
  type Situation,
  USER_VARIABLES,
  without,
} from '../situation.ts';

/** Puts a token of the job's issuer into a file of the workspace. */
async function tokenFile(job: Job, lab: Lab): Promise<void> {
  await writeFile(path.join(job.workspace, 'token'), await lab.oidc.mint('sts.amazonaws.com'));
}

const fromFile = (file: string) => oidc({ 'web-identity-token-file': file });

/** Whose credentials the first request is made with, where, and for which role. */
export const IDENTITY: readonly Situation[] = [
  { name: 'aws-region: a region', steps: [oidc({ 'aws-region': 'us-east-1' })] },
  { name: 'aws-region: none', steps: [without(oidc(), 'aws-region')] },
  { name: 'aws-region: in capitals', steps: [oidc({ 'aws-region': 'EU-WEST-1' })] },
  { name: 'aws-region: with white space around it', steps: [keys({ 'aws-region': ' eu-west-1\n' })] },
  {
    name: 'aws-region: misspelt',
    differs: { 'region-misspelt': ['step 1'] },
    steps: [oidc({ 'aws-region': 'eu-wset-1' })],
  },
  { name: 'aws-region: one that is new', steps: [keys({ 'aws-region': 'eu-west-9' })] },
  { name: 'aws-region: aws-global', steps: [oidc({ 'aws-region': 'aws-global' })] },
  {
    name: 'aws-region: aws-global, with a signature',
    differs: { 'global-signature': ['step 1 request 1 signed for'] },
    steps: [keys({ 'aws-region': 'aws-global' })],
  },
  {
    name: 'aws-region: of another partition than the role',
    differs: { 'region-partition': ['step 1'] },
    steps: [oidc({ 'aws-region': 'us-gov-west-1' })],
  },

  { name: 'role-to-assume: one that is not there', steps: [oidc({ 'role-to-assume': `${DEPLOY}-not` })] },
  {
    name: 'role-to-assume: with a path',
    steps: [keys({ 'role-to-assume': 'arn:aws:iam::111111111111:role/team/pathed' })],
  },
  { name: 'role-to-assume: a name, with keys', steps: [keys({ 'role-to-assume': 'by-user' })] },
  { name: 'role-to-assume: a name, with a token', steps: [oidc({ 'role-to-assume': 'deploy' })] },
  {
    name: 'role-to-assume: a name, with a token and one allowed account',
    differs: { 'role-name': ['step 1'] },
    steps: [oidc({ 'role-to-assume': 'deploy', 'allowed-account-ids': '111111111111' })],
  },
  { name: 'role-to-assume: no ARN', steps: [oidc({ 'role-to-assume': 'arn:aws:iam::1:role/deploy' })] },
  { name: 'role-to-assume: none, and no credentials', steps: [without(oidc(), 'role-to-assume')] },
  {
    name: 'role-to-assume: none, and credentials in the environment',
    env: USER_VARIABLES,
    steps: [without(oidc(), 'role-to-assume')],
  },

  { name: 'aws-access-key-id: with a role', steps: [keys()] },
  { name: 'aws-access-key-id: alone', steps: [keysAlone()] },
  {
    name: 'aws-access-key-id: alone, over a session',
    env: { AWS_SESSION_TOKEN: 'of-another' },
    steps: [keysAlone()],
  },
  { name: 'aws-access-key-id: without the secret', steps: [without(keys(), 'aws-secret-access-key')] },
  {
    name: 'aws-secret-access-key: without the ID',
    differs: { 'secret-without-id': ['step 1'] },
    steps: [without(keys({ 'role-to-assume': DEPLOY }), 'aws-access-key-id')],
  },
  {
    name: 'aws-secret-access-key: wrong',
    differs: { 'fewer-requests': ['step 1 request'] },
    steps: [keys({ 'aws-secret-access-key': 'x'.repeat(40) })],
  },
  {
    name: 'aws-access-key-id: that of an emulator',
    steps: [
      keys({
        'aws-access-key-id': 'test',
        'aws-secret-access-key': 'test',
        'role-to-assume': 'arn:aws:iam::111111111111:role/emulated',
      }),
    ],
  },
  {
    name: 'aws-access-key-id: that of an emulator, alone',
    steps: [keysAlone({ 'aws-access-key-id': 'test', 'aws-secret-access-key': 'test' })],
  },
  {
    name: 'aws-access-key-id: in quotes',
    steps: [keysAlone({ 'aws-access-key-id': `"${USER_KEYS['aws-access-key-id']}"` })],
  },
  {
    name: 'aws-session-token: with keys that have none',
    steps: [keysAlone({ 'aws-session-token': 'of-another' })],
  },
  { name: 'aws-session-token: missing', steps: [keysAlone({ 'aws-access-key-id': 'ASIA0000000000000000' })] },

  { name: 'web-identity-token-file: relative', prepare: tokenFile, steps: [fromFile('token')] },
  {
    name: 'web-identity-token-file: missing',
    steps: [fromFile('token')],
  },
  {
    name: 'web-identity-token-file: a symbolic link',
    differs: { 'token-file-link': ['step 1'] },
    prepare: async (job, lab) => {
      await tokenFile(job, lab);
      await symlink(path.join(job.workspace, 'token'), path.join(job.workspace, 'link'));
    },
    steps: [fromFile('link')],
  },
  {
    name: 'web-identity-token-file: with keys besides',
    prepare: tokenFile,
    steps: [{ ...fromFile('token'), ...USER_KEYS }],
  },
  {
    name: 'web-identity-token-file: without a role',
    differs: { 'token-file-without-role': ['step 1'] },
    prepare: tokenFile,
    steps: [without(fromFile('token'), 'role-to-assume')],
  },

  { name: 'role-chaining: from the session of an earlier step', steps: [hub(), hop()] },
  { name: 'role-chaining: with nothing to start from', steps: [hop()] },
  { name: 'role-chaining: without a role', steps: [hub(), without(hop(), 'role-to-assume')] },
  { name: 'role-chaining: for more than an hour', steps: [hub(), hop({ 'role-duration-seconds': '7200' })] },
  {
    name: 'role-chaining: with AWS_PROFILE beside keys in variables',
    differs: { 'exported-profile': ['step 2', 'step 3', 'file', 'post'] },
    steps: [
      hub({ 'aws-profile': 'other', 'output-env-credentials': 'true' }),
      keysAlone(),
      hop({ 'role-to-assume': BY_USER }),
    ],
  },
  { name: 'role-chaining: yes', steps: [hop({ 'role-chaining': 'yes' })] },

  {
    name: 'audience: one that the provider lists',
    steps: [oidc({ audience: AUDIENCE, 'role-to-assume': OCTO })],
  },
  { name: 'audience: one that it does not list', steps: [oidc({ audience: 'https://nobody.example' })] },
  { name: 'audience: two words', steps: [oidc({ audience: 'two words' })] },

  { name: 'id-token: no permission', idToken: false, steps: [oidc()] },
  {
    name: 'id-token: no permission, and credentials in the environment',
    idToken: false,
    env: USER_VARIABLES,
    steps: [ambient()],
  },
  { name: 'force-skip-oidc: with keys', steps: [keys({ 'force-skip-oidc': 'true' })] },
  {
    name: 'force-skip-oidc: with a token file',
    prepare: tokenFile,
    steps: [{ ...fromFile('token'), 'force-skip-oidc': 'true' }],
  },
  { name: 'force-skip-oidc: with nothing else', steps: [oidc({ 'force-skip-oidc': 'true' })] },
  {
    name: 'force-skip-oidc: with credentials in the environment',
    differs: { 'force-skip-oidc': ['step 1'] },
    env: USER_VARIABLES,
    steps: [ambient({ 'force-skip-oidc': 'true' })],
  },
  { name: 'force-skip-oidc: yes', steps: [oidc({ 'force-skip-oidc': 'yes' })] },
];
