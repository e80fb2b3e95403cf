import { expect, test } from '@jest/globals';
import { deliveryOf } from '../../../src/delivery/delivery.ts';
import type { DeliveredSession } from '../../../src/session/delivered-sessions.ts';
import { configOf, FLAT, profileSession } from './sessions.ts';

const PROFILES =
  '[profile dev]\nrole_arn = arn:aws:iam::111111111111:role/dev\n[profile prod]\nrole_arn = arn:aws:iam::111111111111:role/prod\n';

function authenticated(inputs: Record<string, string>, sessions: readonly DeliveredSession[]) {
  return {
    config: configOf(inputs),
    plan: { nodes: [], delivered: [] },
    sessions,
    ambient: false,
    failedNames: [],
  };
}

const step = { refreshing: undefined, exportedBefore: new Set<string>(), env: {} };

test('a role: variables and outputs', () => {
  const flat = authenticated({}, [FLAT]);
  const delivery = deliveryOf(flat, { ...flat, ...step });
  expect(delivery).toMatchObject({ profiles: [], warnings: [], laterCommands: [] });
  expect(delivery.variables).toHaveProperty('AWS_ACCESS_KEY_ID', 'ASIA-role');
  expect(delivery.outputs).toMatchObject({ 'aws-account-id': '111111111111', 'sts-request-id': 'r' });
  expect(delivery.outputs).not.toHaveProperty('aws-secret-access-key');
  expect(delivery.log).toEqual([
    expect.stringMatching(
      /^Authenticated as arn:aws:sts::111111111111:assumed-role\/role\/x until .*Z \(request r\)\.$/,
    ),
  ]);
});

test('a generated profile is written and exported, but is not in the outputs or the log', () => {
  const flat = authenticated({}, [FLAT]);
  const sessions = [{ ...FLAT, profile: { name: 'assume-aws-roles-x', settings: [] } }];
  const delivery = deliveryOf(flat, { ...flat, sessions, ...step });
  expect(delivery.profiles).toEqual([expect.objectContaining({ name: 'assume-aws-roles-x' })]);
  expect(delivery.variables.AWS_PROFILE).toBe('assume-aws-roles-x');
  expect(JSON.stringify([delivery.outputs, delivery.log, delivery.laterCommands])).not.toContain('roles-x');
});

test('sessions that are refreshed: profiles, variables and URL of what refreshes them', () => {
  const flat = authenticated({ refresh: 'broker' }, [FLAT]);
  const refreshing = {
    folder: '/refresh',
    variables: { AWS_CONTAINER_AUTHORIZATION_TOKEN: 't' },
    profiles: [{ name: 'p', region: 'r', source: { credentialProcess: 'node' }, settings: [] }],
    brokerUrl: 'http://127.0.0.1:1',
  };
  const delivery = deliveryOf(flat, { ...flat, ...step, refreshing });
  expect(delivery.profiles).toBe(refreshing.profiles);
  expect(delivery.variables).toMatchObject(refreshing.variables);
  expect(delivery.variables).not.toHaveProperty('AWS_ACCESS_KEY_ID');
  expect(delivery.outputs['broker-url']).toBe(refreshing.brokerUrl);
  expect(delivery.log[1]).toMatch(/refreshed as long as the job runs \(refresh: broker\)/);
});

test.each([
  [{}, 'no credentials in the environment, as before this step', ''],
  [{ AWS_PROFILE: 'theirs' }, 'profile theirs, as before this step', ''],
  [
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://x' },
    'the credentials endpoint in the environment, as before this step',
    '',
  ],
  [
    { AWS_ACCESS_KEY_ID: 'AKIA', AWS_REGION: 'us-west-2' },
    'the keys in the environment, as before this step',
    ' --region us-east-1',
  ],
])('profiles, with %j before: the log has the commands of later steps', (env, identity, override) => {
  const sessions = [profileSession('dev', 'us-east-1'), profileSession('prod', 'us-west-2')];
  const graph = authenticated({ profiles: PROFILES }, sessions);
  expect(deliveryOf(graph, { ...graph, ...step, env }).laterCommands).toEqual([
    `aws sts get-caller-identity: ${identity}`,
    `aws --profile dev${override}: arn:aws:sts::111111111111:assumed-role/dev/x in us-east-1`,
    'aws --profile prod: arn:aws:sts::111111111111:assumed-role/prod/x in us-west-2',
  ]);
});
