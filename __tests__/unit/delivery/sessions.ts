import type { Session } from '../../../src/aws/session.ts';
import type { Config } from '../../../src/config/config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import type { DeliveredSession } from '../../../src/session/delivered-sessions.ts';
import { PUSH } from '../../support/events.ts';

const REGION = 'eu-west-1';
const ROLE = 'arn:aws:iam::111111111111:role/deploy';

/** The configuration of a step with these inputs, in addition to a region and, without profiles, a role. */
export function configOf(inputs: Readonly<Record<string, string>>): Config {
  const role = 'profiles' in inputs ? '' : ROLE;
  const all: Record<string, string> = { 'aws-region': REGION, 'role-to-assume': role, ...inputs };
  const job = { repository: 'a/b', runId: '1' };
  const { profiles } = inputs;
  const source = profiles === undefined ? undefined : { input: 'profiles' as const, text: profiles };
  const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' };
  return readConfig({ text: (name) => all[name] ?? '', job, env, profiles: source, pullRequest: PUSH });
}

/** A session of an hour whose keys carry the name. */
function sessionOf(name: string): Session {
  return {
    credentials: {
      accessKeyId: `ASIA-${name}`,
      secretAccessKey: `secret-${name}`,
      sessionToken: `token-${name}`,
      expiration: new Date(Date.now() + 3_600_000),
    },
    arn: `arn:aws:sts::111111111111:assumed-role/${name}/x`,
    accountId: '111111111111',
    userId: 'AROA:x',
    requestId: 'r',
  };
}

/** The session of a role without a profile. */
export const FLAT: DeliveredSession = {
  node: 'role',
  region: REGION,
  isDefault: true,
  profile: undefined,
  session: sessionOf('role'),
};

/** The session of a profile. */
export function profileSession(name: string, region: string, isDefault = false): DeliveredSession {
  return { node: name, region, isDefault, profile: { name, settings: [] }, session: sessionOf(name) };
}
