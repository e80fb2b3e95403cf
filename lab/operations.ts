import { createHmac } from 'node:crypto';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { type Caller, type IssuedCredentials, newCredentials, randomId } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import {
  checkParameters,
  durationOf,
  members,
  type Parameters,
  packedSize,
  required,
  type Tag,
  tagsOf,
} from './limits.ts';
import { allows, type Context, denies, type PolicyDocument } from './policy.ts';
import { readAssertion } from './saml.ts';
import { StsError } from './sts-error.ts';
import type { Account, Role, World } from './world.ts';

/** What operations work with. */
export interface Operations {
  readonly world: World;
  readonly issuer: Issuer;
  readonly now: () => number;
  /** Seconds that every session lives, whatever was asked. */
  readonly sessionSeconds: number | undefined;
  /** Keeps credentials that were given out. */
  readonly remember: (accessKeyId: string, caller: Caller) => void;
}

/** The members of an answer's result, by name. */
export type Result = Readonly<Record<string, unknown>>;

const HOUR = 3600;
const ROLE_MAX = 12 * HOUR;
const USER_MAX = 36 * HOUR;

export async function perform(
  lab: Operations,
  action: string,
  parameters: Parameters,
  caller: Caller | undefined,
): Promise<Result> {
  checkParameters(parameters);
  switch (action) {
    case 'AssumeRoleWithWebIdentity':
      return assumeRoleWithWebIdentity(lab, parameters);
    case 'AssumeRoleWithSAML':
      return assumeRoleWithSaml(lab, parameters);
    case 'AssumeRole':
      return assumeRole(lab, parameters, signed(caller));
    case 'GetSessionToken':
      return getSessionToken(lab, parameters, signed(caller));
    case 'GetFederationToken':
      return getFederationToken(lab, parameters, signed(caller));
    case 'GetCallerIdentity': {
      const { arn, accountId, userId } = signed(caller);
      return { Arn: arn, Account: accountId, UserId: userId };
    }
    default:
      throw new StsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }
}

function signed(caller: Caller | undefined): Caller {
  if (caller === undefined)
    throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  return caller;
}

/** IAM User Guide, "Keys available for AWS OIDC federation": the claims that STS takes from GitHub's tokens. */
const PASSED_ON = new Set([
  ...['amr', 'aud', 'azp', 'email', 'oaud', 'sub'],
  ...[
    'actor',
    'actor_id',
    'enterprise_id',
    'environment',
    'job_workflow_ref',
    'ref',
    'repository',
    'repository_id',
  ],
  'workflow',
]);

async function assumeRoleWithWebIdentity(lab: Operations, parameters: Parameters): Promise<Result> {
  const token = required(parameters, 'WebIdentityToken');
  const name = required(parameters, 'RoleSessionName');
  const { accountId, account, role } = findRole(lab.world, required(parameters, 'RoleArn'));
  const claims = await verifiedClaims(lab, token);
  const provider = account?.oidcProviders.find(({ url }) => `https://${url}` === claims.iss);
  if (provider === undefined) {
    throw new StsError(
      'InvalidIdentityToken',
      `No OpenIDConnect provider found in your account for ${claims.iss}`,
    );
  }
  if (!provider.audiences.includes(String(claims.aud)))
    throw new StsError('InvalidIdentityToken', 'Incorrect token audience');

  const context = contextOf(
    Object.entries(claims)
      .filter(([claim]) => PASSED_ON.has(claim))
      .map(([claim, value]): [string, unknown] => [`${provider.url}:${claim}`, value])
      .concat([['sts:RoleSessionName', name]]),
  );
  const ids = [`arn:${partition(lab)}:iam::${accountId}:oidc-provider/${provider.url}`];
  const question = {
    action: 'sts:AssumeRoleWithWebIdentity',
    principals: { type: 'Federated', ids },
    context,
  } as const;
  if (role === undefined || !allows(role.trustPolicy, question)) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  const seconds = roleDuration(parameters, role);
  const packed = packedSize(parameters, []);
  const session = roleSession(lab, { accountId, role, name, seconds, parameters });
  return {
    ...session,
    ...(packed !== undefined && { PackedPolicySize: packed }),
    SubjectFromWebIdentityToken: claims.sub,
    Provider: ids[0],
    Audience: claims.aud,
  };
}

async function verifiedClaims({ issuer, now }: Operations, token: string) {
  try {
    const options = { issuer: issuer.issuer, currentDate: new Date(now()), algorithms: ['RS256'] };
    return (await jwtVerify(token, createLocalJWKSet(issuer.jwks), options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new StsError(
        'ExpiredTokenException',
        'Token expired: current date/time must be before the expiration date/time',
      );
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss') {
      throw new StsError(
        'InvalidIdentityToken',
        `No OpenIDConnect provider found in your account for ${String(error.payload.iss)}`,
      );
    }
    throw new StsError(
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
}

function assumeRoleWithSaml(lab: Operations, parameters: Parameters): Result {
  const principalArn = required(parameters, 'PrincipalArn');
  const { accountId, account, role } = findRole(lab.world, required(parameters, 'RoleArn'));
  const provider = account?.samlProviders?.find(({ name }) =>
    principalArn.endsWith(`::${accountId}:saml-provider/${name}`),
  );
  if (provider === undefined) throw new StsError('InvalidIdentityToken', "Specified provider doesn't exist");
  const assertion = readAssertion(required(parameters, 'SAMLAssertion'), provider.publicKey);
  if (assertion === undefined) throw new StsError('InvalidIdentityToken', 'Response signature invalid');
  if (assertion.notOnOrAfter <= lab.now())
    throw new StsError('ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance');
  const context = contextOf([
    ['SAML:aud', assertion.audience],
    ['SAML:sub', assertion.subject],
  ]);
  const question = {
    action: 'sts:AssumeRoleWithSAML',
    principals: { type: 'Federated', ids: [principalArn] },
    context,
  } as const;
  const listed = assertion.roles.includes(`${parameters.RoleArn},${principalArn}`);
  if (role === undefined || !listed || !allows(role.trustPolicy, question)) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML');
  }
  const seconds = roleDuration(parameters, role);
  return {
    ...roleSession(lab, { accountId, role, name: assertion.sessionName, seconds, parameters }),
    Subject: assertion.subject,
    Audience: assertion.audience,
  };
}

function assumeRole(lab: Operations, parameters: Parameters, caller: Caller): Result {
  const arn = required(parameters, 'RoleArn');
  const name = required(parameters, 'RoleSessionName');
  const { accountId, role } = findRole(lab.world, arn);
  const tags = tagsOf(parameters);
  const inherited = tags.find(({ key }) => caller.transitiveTags.has(key.toLowerCase()));
  if (inherited !== undefined) {
    throw new StsError(
      'ValidationError',
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.`,
    );
  }
  const mfa = caller.mfa || provesMfa(lab, parameters, caller);
  const context = contextOf([
    ['sts:ExternalId', parameters.ExternalId],
    ['sts:RoleSessionName', name],
    ['sts:SourceIdentity', parameters.SourceIdentity ?? caller.sourceIdentity],
    ['aws:SourceIdentity', caller.sourceIdentity],
    ['aws:PrincipalArn', caller.principals[0]],
    ['aws:PrincipalAccount', caller.accountId],
    ['aws:CurrentTime', new Date(lab.now()).toISOString()],
    ['aws:MultiFactorAuthPresent', caller.kind === 'user' && !mfa ? undefined : String(mfa)],
    ['aws:TagKeys', tags.map(({ key }) => key)],
    ['sts:TransitiveTagKeys', members(parameters, 'TransitiveTagKeys')],
    ...tags.map(({ key, value }): [string, unknown] => [`aws:RequestTag/${key}`, value]),
    ...[...caller.transitiveTags].map(([key, value]): [string, unknown] => [
      `aws:PrincipalTag/${key}`,
      value,
    ]),
  ]);
  const actions = [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(parameters.SourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
  ];
  const ids = [...caller.principals, caller.accountId, `arn:${partition(lab)}:iam::${caller.accountId}:root`];
  for (const action of actions) {
    const question = { action, context };
    const trusted =
      role !== undefined && allows(role.trustPolicy, { ...question, principals: { type: 'AWS', ids } });
    const denied = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arn}`;
    if (!mayCall(caller, { ...question, resource: arn })) {
      // IAM User Guide, "Troubleshoot access denied error messages".
      throw new StsError(
        'AccessDenied',
        `${denied} because no identity-based policy allows the ${action} action`,
      );
    }
    if (!trusted) throw new StsError('AccessDenied', denied);
  }
  if (role === undefined) throw new Error('a role that is trusted exists');

  const seconds = roleDuration(parameters, role);
  if (caller.kind === 'role' && seconds > HOUR) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  const packed = packedSize(parameters, tags);
  const transitive = new Map(caller.transitiveTags);
  for (const key of members(parameters, 'TransitiveTagKeys')) {
    const tag = tags.find((candidate) => candidate.key.toLowerCase() === key.toLowerCase());
    if (tag === undefined)
      throw new StsError(
        'ValidationError',
        'The specified transitive tag key must be included in the requested tags.',
      );
    transitive.set(key.toLowerCase(), tag.value);
  }
  const sourceIdentity = parameters.SourceIdentity ?? caller.sourceIdentity;
  const session = roleSession(lab, {
    accountId,
    role,
    name,
    seconds,
    parameters,
    transitive,
    sourceIdentity,
  });
  return {
    ...session,
    ...(packed !== undefined && { PackedPolicySize: packed }),
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  };
}

function getSessionToken(lab: Operations, parameters: Parameters, caller: Caller): Result {
  const user = longLived(caller, 'GetSessionToken');
  const mfa = provesMfa(lab, parameters, user);
  const credentials = issue(lab, durationOf(parameters, USER_MAX, 12 * HOUR));
  lab.remember(credentials.accessKeyId, { ...user, ...secrets(credentials), kind: 'session-token', mfa });
  return { Credentials: shown(credentials) };
}

function getFederationToken(lab: Operations, parameters: Parameters, caller: Caller): Result {
  const user = longLived(caller, 'GetFederationToken');
  const name = required(parameters, 'Name');
  const seconds = durationOf(parameters, USER_MAX, 12 * HOUR);
  const packed = packedSize(parameters, tagsOf(parameters));
  const credentials = issue(lab, seconds);
  const arn = `arn:${partition(lab)}:sts::${user.accountId}:federated-user/${name}`;
  const userId = `${user.accountId}:${name}`;
  lab.remember(credentials.accessKeyId, {
    ...user,
    ...secrets(credentials),
    kind: 'federated',
    arn,
    userId,
    principals: [arn],
  });
  return {
    Credentials: shown(credentials),
    FederatedUser: { Arn: arn, FederatedUserId: userId },
    ...(packed !== undefined && { PackedPolicySize: packed }),
  };
}

/** STS API Reference, GetSessionToken and GetFederationToken: for the keys of IAM users alone. */
function longLived(caller: Caller, action: string): Caller {
  if (caller.kind === 'user') return caller;
  throw new StsError('AccessDenied', `Cannot call ${action} with session credentials`);
}

/** Whether the request proves a second factor; throws when it tries to and fails. */
function provesMfa(lab: Operations, { SerialNumber, TokenCode }: Parameters, { mfaDevice }: Caller): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  const step = Math.floor(lab.now() / 30_000);
  const codes =
    mfaDevice === undefined ? [] : [-1, 0, 1].map((drift) => totp(mfaDevice.totpSecret, step + drift));
  if (mfaDevice?.serial !== SerialNumber || !codes.includes(TokenCode ?? '')) {
    throw new StsError(
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    );
  }
  return true;
}

/** RFC 6238 and RFC 4226, section 5.3. */
function totp(secret: string, step: number): string {
  const bits = Array.from(secret, (char) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
  ).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = mac.readUInt8(19) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

interface NewRoleSession {
  accountId: string;
  role: Role;
  name: string;
  seconds: number;
  parameters: Parameters;
  transitive?: ReadonlyMap<string, string>;
  sourceIdentity?: string | undefined;
}

function roleSession(
  lab: Operations,
  { accountId, role, name, seconds, parameters, transitive, sourceIdentity }: NewRoleSession,
) {
  const credentials = issue(lab, seconds);
  const sessionPolicy = policyIn(parameters);
  // The ARN of a session leaves the role's path out; the role's own ARN, which trust policies name, has it.
  const arn = `arn:${partition(lab)}:sts::${accountId}:assumed-role/${role.name}/${name}`;
  const roleArn = `arn:${partition(lab)}:iam::${accountId}:role${role.path ?? '/'}${role.name}`;
  const userId = `AROA${randomId(17)}:${name}`;
  lab.remember(credentials.accessKeyId, {
    kind: 'role',
    accountId,
    arn,
    userId,
    principals: [roleArn, arn],
    ...secrets(credentials),
    ...(role.permissions !== undefined && { permissions: role.permissions }),
    ...(sessionPolicy !== undefined && { sessionPolicy }),
    mfa: false,
    transitiveTags: transitive ?? new Map(),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  });
  return { Credentials: shown(credentials), AssumedRoleUser: { AssumedRoleId: userId, Arn: arn } };
}

function policyIn({ Policy }: Parameters): PolicyDocument | undefined {
  if (Policy === undefined) return undefined;
  try {
    const document = JSON.parse(Policy) as PolicyDocument;
    const statements = [document.Statement].flat();
    if (
      statements.every(
        ({ Effect, Action, Principal }) =>
          /^(Allow|Deny)$/.test(Effect) && Action !== undefined && Principal === undefined,
      )
    ) {
      return document;
    }
  } catch {
    // falls through to the same refusal
  }
  throw new StsError(
    'MalformedPolicyDocument',
    'This policy contains invalid Json or a statement that is not one',
  );
}

/** Whether the caller's own policies let it ask. A session policy narrows what the role may do. */
function mayCall(caller: Caller, question: { action: string; resource: string; context: Context }): boolean {
  const { permissions, sessionPolicy } = caller;
  return (
    (permissions === undefined || allows(permissions, question)) &&
    (sessionPolicy === undefined || (allows(sessionPolicy, question) && !denies(sessionPolicy, question)))
  );
}

function roleDuration(parameters: Parameters, role: Role): number {
  const seconds = durationOf(parameters, ROLE_MAX);
  if (seconds > (role.maxSessionSeconds ?? HOUR)) {
    throw new StsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return seconds;
}

function issue(lab: Operations, seconds: number): IssuedCredentials {
  return newCredentials(lab.now() + (lab.sessionSeconds ?? seconds) * 1000);
}

function secrets({ secretAccessKey, sessionToken, expiresAt }: IssuedCredentials) {
  return { secretAccessKey, sessionToken, expiresAt };
}

function shown({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: IssuedCredentials) {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
}

function findRole(
  world: World,
  arn: string,
): { accountId: string; account: Account | undefined; role: Role | undefined } {
  const [, arnPartition, accountId = '', resource = ''] =
    /^arn:([a-z-]+):iam::(\d{12}):role(\/.+)$/.exec(arn) ?? [];
  if (arnPartition === undefined) throw new StsError('ValidationError', `${arn} is invalid`);
  const account = world.accounts[accountId];
  const role = account?.roles.find(({ name, path }) => `${path ?? '/'}${name}` === resource);
  return { accountId, account, role: arnPartition === (world.partition ?? 'aws') ? role : undefined };
}

function partition({ world }: Operations): string {
  return world.partition ?? 'aws';
}

/** Condition keys with their values; keys without a value are absent. */
function contextOf(entries: readonly (readonly [string, unknown])[]): Context {
  const context = new Map<string, string[]>();
  for (const [key, value] of entries) {
    if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) continue;
    context.set(key.toLowerCase(), [value].flat().map(String));
  }
  return context;
}

export type { Tag };
