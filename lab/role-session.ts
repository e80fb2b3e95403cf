import { randomId } from './credentials.ts';
import { durationOf, type Parameters } from './limits.ts';
import type { Context, PolicyDocument } from './policy.ts';
import { StsError } from './sts-error.ts';
import {
  callerSecrets,
  credentialsResult,
  issueCredentials,
  partitionOf,
  type StsState,
} from './sts-state.ts';
import type { Account, Role, World } from './world.ts';

export const HOUR = 3600;

/** The role that an ARN names, and its account. The role is undefined if the ARN names another path or partition. */
export function findRole(
  world: World,
  arn: string,
): { accountId: string; account: Account | undefined; role: Role | undefined } {
  const [, partition, accountId = '', resource = ''] =
    /^arn:([a-z-]+):iam::(\d{12}):role(\/.+)$/.exec(arn) ?? [];
  if (partition === undefined) throw new StsError('ValidationError', `${arn} is invalid`);
  const account = world.accounts[accountId];
  const role = account?.roles.find(({ name, path }) => `${path ?? '/'}${name}` === resource);
  return { accountId, account, role: partition === (world.partition ?? 'aws') ? role : undefined };
}

/** Condition keys with their values. Keys without a value are absent. */
export function contextOf(entries: readonly (readonly [string, unknown])[]): Context {
  const context = new Map<string, string[]>();
  for (const [key, value] of entries) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    context.set(key.toLowerCase(), [value].flat().map(String));
  }
  return context;
}

/**
 * The requested duration in seconds.
 *
 * @throws StsError `ValidationError` above the maximum session duration of the role
 */
export function roleDuration(parameters: Parameters, role: Role): number {
  const seconds = durationOf(parameters, 12 * HOUR);
  if (seconds <= (role.maxSessionSeconds ?? HOUR)) return seconds;
  throw new StsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}

export interface NewRoleSession {
  readonly accountId: string;
  readonly role: Role;
  readonly name: string;
  readonly seconds: number;
  readonly parameters: Parameters;
  readonly transitive?: ReadonlyMap<string, string>;
  readonly sourceIdentity?: string | undefined;
}

/** Issues a role session. */
export function roleSession(
  state: StsState,
  { accountId, role, name, seconds, parameters, transitive, sourceIdentity }: NewRoleSession,
) {
  const credentials = issueCredentials(state, seconds);
  const sessionPolicy = policyIn(parameters);
  // The ARN of a session omits the path of the role. The ARN of the role, which trust policies name, contains it.
  const arn = `arn:${partitionOf(state)}:sts::${accountId}:assumed-role/${role.name}/${name}`;
  const roleArn = `arn:${partitionOf(state)}:iam::${accountId}:role${role.path ?? '/'}${role.name}`;
  const userId = `AROA${randomId(17)}:${name}`;
  state.remember(credentials.accessKeyId, {
    kind: 'role',
    accountId,
    arn,
    userId,
    principals: [roleArn, arn],
    ...callerSecrets(credentials),
    ...(role.permissions !== undefined && { permissions: role.permissions }),
    ...(sessionPolicy !== undefined && { sessionPolicy }),
    mfa: false,
    transitiveTags: transitive ?? new Map(),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  });
  return {
    Credentials: credentialsResult(credentials),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
  };
}

function policyIn({ Policy }: Parameters): PolicyDocument | undefined {
  if (Policy === undefined) return undefined;
  try {
    const document = JSON.parse(Policy) as PolicyDocument;
    const valid = [document.Statement]
      .flat()
      .every(
        ({ Effect, Action, Principal }) =>
          /^(Allow|Deny)$/.test(Effect) && Action !== undefined && Principal === undefined,
      );
    if (valid) return document;
  } catch {
    // The error below covers JSON that is not valid.
  }
  throw new StsError(
    'MalformedPolicyDocument',
    'This policy contains invalid Json or a statement that is not valid',
  );
}
