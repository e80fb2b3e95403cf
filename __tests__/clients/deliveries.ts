import { awsTrust, GITHUB, gitHubTrust, type World } from '../../lab/world.ts';

/**
 * The deliveries, each with accounts and regions of its own, and what a job is after them. Nothing here comes from `src/`:
 * it says in data what section 3.7 of the design says in words.
 */

/** A session to tell from all others. */
export interface Person {
  readonly account: string;
  readonly role: string;
  readonly region: string;
}

const person = (digit: number, role: string, region: string): Person => ({
  account: String(digit).repeat(12),
  role,
  region,
});
const ENV = person(1, 'env', 'eu-west-1');
const NAMED = person(2, 'named', 'eu-west-2');
const DEV = person(3, 'dev', 'eu-west-3');
const PROD = person(3, 'prod', 'eu-central-1');
const HUB = person(4, 'hub', 'eu-north-1');
const SPOKE = person(5, 'spoke', 'eu-south-1');
const PROCESS = person(6, 'process', 'us-east-2');
const BROKER = person(7, 'broker', 'us-west-2');
const OUTPUTS = person(8, 'outputs', 'ca-central-1');
const EXEC = person(9, 'exec', 'ap-south-1');

/** A region that nobody delivers, for clients that need one to find out that they are nobody. */
export const ELSEWHERE = 'sa-east-1';

export const inWords = ({ account, role }: Person, region: string | undefined) =>
  `${account}/${role} in ${region}`;

const arn = ({ account, role }: Person) => `arn:aws:iam::${account}:role/${role}`;
const flat = (who: Person) => ({ 'aws-region': who.region, 'role-to-assume': arn(who) });
const profile = (who: Person, ...settings: string[]) =>
  [`[profile ${who.role}]`, `role_arn = ${arn(who)}`, ...settings, ''].join('\n');

/** Every person's role. A job gets into all of them but those that a profile reaches from another. */
export function worldOfDeliveries(): World {
  const world: World = { accounts: {} };
  for (const who of [ENV, NAMED, DEV, PROD, HUB, SPOKE, PROCESS, BROKER, OUTPUTS, EXEC]) {
    world.accounts[who.account] ??= {
      oidcProviders: [{ url: GITHUB, audiences: ['sts.amazonaws.com'] }],
      roles: [],
    };
    const source = new Map([
      [PROD, DEV],
      [SPOKE, HUB],
    ]).get(who);
    world.accounts[who.account]?.roles.push({
      name: who.role,
      trustPolicy:
        source === undefined ? gitHubTrust(who.account, 'repo:octo-org/octo-app:*') : awsTrust(arn(source)),
    });
  }
  return world;
}

export interface Delivery {
  /** The folder of the action. */
  readonly action?: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Who later steps are by default; left out where that is as before the step. */
  readonly claims?: Person | 'nobody';
  /** What later steps find by default. */
  readonly by?: 'keys' | 'profile' | 'endpoint';
  /** The region goes with the keys, and with a flat `refresh`; a profile has its own. */
  readonly exportsRegion?: boolean;
  /** Profiles for later steps. */
  readonly names?: readonly Person[];
  /** Who is reached by this step in another way than by the environment or a name. */
  readonly alone?: Person;
}

export const DELIVERIES = {
  env: { inputs: flat(ENV), claims: ENV, by: 'keys', exportsRegion: true },
  'aws-profile': { inputs: { ...flat(NAMED), 'aws-profile': NAMED.role }, names: [NAMED] },
  profiles: {
    inputs: {
      'aws-region': DEV.region,
      profiles: profile(DEV) + profile(PROD, 'source_profile = dev', `region = ${PROD.region}`),
    },
    names: [PROD, DEV],
  },
  'default-profile': {
    inputs: {
      'aws-region': HUB.region,
      profiles: profile(HUB) + profile(SPOKE, 'source_profile = hub', `region = ${SPOKE.region}`),
      'default-profile': HUB.role,
    },
    claims: HUB,
    by: 'profile',
    names: [SPOKE, HUB],
  },
  process: {
    inputs: { ...flat(PROCESS), refresh: 'process' },
    claims: PROCESS,
    by: 'profile',
    exportsRegion: true,
  },
  broker: {
    inputs: { ...flat(BROKER), refresh: 'broker' },
    claims: BROKER,
    by: 'endpoint',
    exportsRegion: true,
  },
  outputs: {
    inputs: { ...flat(OUTPUTS), 'output-credentials': 'true', 'output-env-credentials': 'false' },
    alone: OUTPUTS,
  },
  exec: { action: 'exec', inputs: flat(EXEC), alone: EXEC },
  logout: { action: 'logout', inputs: {}, claims: 'nobody' },
} as const satisfies Record<string, Delivery>;

export type DeliveryName = keyof typeof DELIVERIES;

/** What a job is between two steps. */
export interface Situation {
  /** Who clients are by default. */
  readonly who: Person | 'nobody';
  readonly by: Delivery['by'];
  /** The region in the environment, which clients put before that of a profile. */
  readonly region: string | undefined;
  /** Whether some step pointed `AWS_PROFILE` somewhere, which cannot be taken back. */
  readonly profileVariable: boolean;
  readonly names: readonly Person[];
}

export const AT_FIRST: Situation = {
  who: 'nobody',
  by: undefined,
  region: undefined,
  profileVariable: false,
  names: [],
};

/** The rule: the last step that claims the environment wins, and its region with it. */
export function after(before: Situation, { claims, by, exportsRegion, names = [] }: Delivery): Situation {
  if (claims === undefined) return { ...before, names: [...names, ...before.names] };
  if (claims === 'nobody') return { ...before, who: 'nobody', by: undefined, names: [] };
  // A region that an earlier step exported cannot be taken back, so that it becomes the default profile's.
  const exported = exportsRegion || before.region !== undefined;
  return {
    who: claims,
    by,
    region: exported ? claims.region : undefined,
    profileVariable: before.profileVariable || by === 'profile',
    names: [...names, ...before.names],
  };
}
