import type { Caller } from './credentials.ts';
import { members, type Parameters, packedSize, required, type Tag, tagsOf } from './limits.ts';
import { provesMfa } from './mfa.ts';
import { allows, type Context, denies } from './policy.ts';
import { contextOf, findRole, HOUR, roleDuration, roleSession } from './role-session.ts';
import { StsError } from './sts-error.ts';
import { partitionOf, type Result, type StsState } from './sts-state.ts';
import type { Role } from './world.ts';

interface Request {
  readonly parameters: Parameters;
  readonly caller: Caller;
  readonly name: string;
  readonly tags: readonly Tag[];
}

export function assumeRole(state: StsState, parameters: Parameters, caller: Caller): Result {
  const arn = required(parameters, 'RoleArn');
  const name = required(parameters, 'RoleSessionName');
  const { accountId, role } = findRole(state.world, arn);
  const tags = tagsOf(parameters);
  if (tags.some(({ key }) => caller.transitiveTags.has(key.toLowerCase()))) {
    throw new StsError(
      'ValidationError',
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const request = { parameters, caller, name, tags };
  assertAuthorized(state, arn, role, request);

  const seconds = roleDuration(parameters, role);
  if (caller.kind === 'role' && seconds > HOUR) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  const packed = packedSize(parameters, tags);
  const transitive = transitiveTags(request);
  const sourceIdentity = parameters.SourceIdentity ?? caller.sourceIdentity;
  return {
    ...roleSession(state, { accountId, role, name, seconds, parameters, transitive, sourceIdentity }),
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
}

/** @throws StsError `AccessDenied` unless the policies of the caller and the trust policy of the role allow the request */
function assertAuthorized(
  state: StsState,
  resource: string,
  role: Role | undefined,
  request: Request,
): asserts role is Role {
  const { caller, parameters, tags } = request;
  const context = conditionKeys(state, request);
  const root = `arn:${partitionOf(state)}:iam::${caller.accountId}:root`;
  const principals = { type: 'AWS', ids: [...caller.principals, caller.accountId, root] } as const;
  const actions = [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(parameters.SourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
  ];
  for (const action of actions) {
    const denied = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
    if (!mayCall(caller, { action, resource, context })) {
      // IAM User Guide, "Troubleshoot access denied error messages".
      throw new StsError(
        'AccessDenied',
        `${denied} because no identity-based policy allows the ${action} action`,
      );
    }
    if (role === undefined || !allows(role.trustPolicy, { action, principals, context })) {
      throw new StsError('AccessDenied', denied);
    }
  }
}

function conditionKeys(state: StsState, { parameters, caller, name, tags }: Request): Context {
  const mfa = caller.mfa || provesMfa(state, parameters, caller);
  return contextOf([
    ['sts:ExternalId', parameters.ExternalId],
    ['sts:RoleSessionName', name],
    ['sts:SourceIdentity', parameters.SourceIdentity ?? caller.sourceIdentity],
    ['aws:SourceIdentity', caller.sourceIdentity],
    ['aws:PrincipalArn', caller.principals[0]],
    ['aws:PrincipalAccount', caller.accountId],
    ['aws:CurrentTime', new Date(state.now()).toISOString()],
    ['aws:MultiFactorAuthPresent', caller.kind === 'user' && !mfa ? undefined : String(mfa)],
    ['aws:TagKeys', tags.map(({ key }) => key)],
    ['sts:TransitiveTagKeys', members(parameters, 'TransitiveTagKeys')],
    ...tags.map(({ key, value }): [string, unknown] => [`aws:RequestTag/${key}`, value]),
    ...[...caller.transitiveTags].map(([key, value]): [string, unknown] => [
      `aws:PrincipalTag/${key}`,
      value,
    ]),
  ]);
}

/** Whether the policies of the caller allow the request. A session policy restricts the permissions of the role. */
export function mayCall(
  caller: Caller,
  question: { action: string; resource: string; context: Context },
): boolean {
  const { permissions, sessionPolicy } = caller;
  return (
    (permissions === undefined || allows(permissions, question)) &&
    (sessionPolicy === undefined || (allows(sessionPolicy, question) && !denies(sessionPolicy, question)))
  );
}

/** The tags that pass to the sessions of the new session, by key in lower case. */
function transitiveTags({ parameters, caller, tags }: Request): ReadonlyMap<string, string> {
  const transitive = new Map(caller.transitiveTags);
  for (const key of members(parameters, 'TransitiveTagKeys')) {
    const tag = tags.find((candidate) => candidate.key.toLowerCase() === key.toLowerCase());
    if (tag === undefined) {
      throw new StsError(
        'ValidationError',
        'The specified transitive tag key must be included in the requested tags.',
      );
    }
    transitive.set(key.toLowerCase(), tag.value);
  }
  return transitive;
}
