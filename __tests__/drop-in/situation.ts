import type { Job } from '../../lab/job.ts';
import type { Lab } from '../../lab/lab.ts';
import type { PolicyDocument } from '../../lab/policy.ts';
import type { Fault } from '../../lab/traffic.ts';
import { awsTrust, defaultWorld, GITHUB, gitHubTrust, type Role, type World } from '../../lab/world.ts';
import { DEPLOY, HUB, SPOKE, USER_KEYS } from '../support/harness.ts';

export type Inputs = Readonly<Record<string, string>>;

/** What both actions are given, and in what their behaviour differs. */
export interface Situation {
  readonly name: string;
  /** The inputs of each step, one step after the other. */
  readonly steps: readonly Inputs[];
  /** Variables of the job. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables of the runner that this job does not have. */
  readonly without?: readonly string[];
  /** `id-token: write`; the default. */
  readonly idToken?: boolean;
  readonly world?: (world: World) => void;
  readonly faults?: readonly Fault[];
  /** What has to be there before the first step. */
  readonly prepare?: (job: Job, lab: Lab) => Promise<void>;
  /** Inputs and variables that name a forward proxy, as `PROXY`, have its URL. */
  readonly proxy?: true;
  /** How often a request is made is left to chance. */
  readonly anyNumber?: true;
  /** By the id of the difference in `docs/migration.md`: how the observations begin that it changes. */
  readonly differs?: Readonly<Record<string, readonly string[]>>;
}

/** One try is enough for what is no test of tries: the other action would wait for a minute. */
const ONCE = { 'disable-retry': 'true' };
const COMMON = { 'aws-region': 'eu-west-1', 'role-session-name': 'drop-in', ...ONCE };

export const USER_VARIABLES = {
  AWS_ACCESS_KEY_ID: USER_KEYS['aws-access-key-id'],
  AWS_SECRET_ACCESS_KEY: USER_KEYS['aws-secret-access-key'],
};
export const BY_USER = 'arn:aws:iam::111111111111:role/by-user';

/** A role from the job's token, from keys, from the session before; keys alone. */
export const oidc = (more: Inputs = {}): Inputs => ({ ...COMMON, 'role-to-assume': DEPLOY, ...more });
export const keys = (more: Inputs = {}): Inputs => ({
  ...COMMON,
  ...USER_KEYS,
  'role-to-assume': BY_USER,
  ...more,
});
export const keysAlone = (more: Inputs = {}): Inputs => ({ ...COMMON, ...USER_KEYS, ...more });
export const hub = (more: Inputs = {}): Inputs => oidc({ 'role-to-assume': HUB, ...more });
export const hop = (more: Inputs = {}): Inputs =>
  oidc({ 'role-to-assume': SPOKE, 'role-chaining': 'true', ...more });
export const ambient = (more: Inputs = {}): Inputs => ({ ...COMMON, 'role-to-assume': BY_USER, ...more });

/** An audience that the provider lists, and the role `octo` wants. */
export const AUDIENCE = 'https://octo.example';
export const OCTO = 'arn:aws:iam::111111111111:role/octo';

function forAudience(): PolicyDocument {
  return {
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::111111111111:oidc-provider/${GITHUB}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${GITHUB}:aud`]: AUDIENCE } },
    },
  };
}

/** `inputs` without those of these names. */
export function without(inputs: Inputs, ...names: readonly string[]): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !names.includes(name)));
}

/** The default world and what situations need besides. */
export function worldOfSituations(): World {
  const world = defaultWorld();
  const account = world.accounts['111111111111'];
  const user = 'arn:aws:iam::111111111111:user/ci';
  const roles: Role[] = [
    { name: 'pathed', path: '/team/', trustPolicy: awsTrust(user) },
    { name: 'external', trustPolicy: awsTrust(user, 'between-us') },
    { name: 'octo', trustPolicy: forAudience() },
    { name: 'emulated', trustPolicy: awsTrust('arn:aws:iam::111111111111:user/emulator') },
    {
      name: 'long',
      trustPolicy: gitHubTrust('111111111111', ['repo:octo-org/octo-app:*']),
      maxSessionSeconds: 43_200,
    },
  ];
  account?.roles.push(...roles);
  account?.users?.push({ name: 'emulator', accessKeyId: 'test', secretAccessKey: 'test' });
  account?.oidcProviders[0]?.audiences.push(AUDIENCE);
  return world;
}
