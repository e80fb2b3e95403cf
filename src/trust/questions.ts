import { parseRoleArn, type RoleArn } from '../aws/arn.ts';
import type { Claims } from '../identity/claims.ts';
import type { AssumeRoleRequest } from '../plan/plan.ts';
import { ISSUER_CLAIM, isDocumentedKey, TAG_KEYS } from './condition-keys.ts';
import type { TrustQuestion } from './evaluate.ts';
import { GITHUB_PROVIDER, providerArn, providerOf } from './statement.ts';

/** The role or user that signs a request. */
export interface Caller {
  /** The ARN that a trust policy names: a role's or a user's, not a session's. */
  readonly arn: string;
  readonly accountId: string;
  readonly kind: 'role' | 'user';
  /** The name of a role's session, if known. */
  readonly sessionName?: string | undefined;
  /** Whether a role's session was obtained with MFA. Later requests carry that on. */
  readonly usedMfa?: boolean;
}

/** The provider decides which of these is the audience of a token with `azp`. */
const BY_AUTHORISED_PARTY = ['aud', 'azp', 'oaud'];

/** IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity": the claim that holds a token's tags. */
const TAGS_CLAIM = 'https://aws.amazon.com/tags';

const MFA_KEYS = ['aws:multifactorauthpresent', 'aws:multifactorauthage'];

/** IAM User Guide, "IAM identifiers": a policy shows this for a role or user that was deleted. */
const UNIQUE_ID = /^A[A-Z0-9]{15,31}$/;

/** A request for a session of a role, as far as it is known. */
interface TokenRequest {
  readonly role: Pick<RoleArn, 'partition' | 'accountId'>;
  readonly sessionName?: string;
}

/** The question that a token puts to the trust policy of the requested role. */
export function questionOfToken({ role, sessionName }: TokenRequest, claims: Claims): TrustQuestion {
  const { partition, accountId } = role;
  const issuer = String(claims.iss);
  const provider = providerOf(issuer);
  const prefix = `${provider}:`.toLowerCase();
  const bringsTags = claims[TAGS_CLAIM] !== undefined;
  const context = new Map<string, readonly string[]>();
  const unclear = new Set('azp' in claims ? BY_AUTHORISED_PARTY : ['oaud']);
  for (const [claim, value] of Object.entries(claims)) {
    const isRead = isDocumentedKey(provider, claim) && !unclear.has(claim);
    const values = isRead ? conditionValues(value) : undefined;
    if (values !== undefined) context.set(prefix + claim, values);
    else if (claim !== ISSUER_CLAIM && value !== undefined && value !== null)
      unclear.add(claim.toLowerCase());
  }
  if (sessionName !== undefined) context.set('sts:rolesessionname', [sessionName]);
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: {
      type: 'Federated',
      ids: [providerArn({ partition, accountId, issuer })],
      // IAM names some providers without an ARN.
      mayBe: (name) => name.toLowerCase() === provider.toLowerCase(),
    },
    context,
    isKnown: (key) => {
      if (key.startsWith(prefix)) return !unclear.has(key.slice(prefix.length));
      // An enterprise can have an issuer below GitHub's own.
      if (key.startsWith(`${GITHUB_PROVIDER}:`)) return !provider.startsWith(`${GITHUB_PROVIDER}/`);
      return context.has(key) || (!bringsTags && TAG_KEYS.test(key));
    },
  };
}

/** The values of a claim as condition keys have them; undefined for a claim without a plain text form. */
export function conditionValues(value: unknown): readonly string[] | undefined {
  const values = [value].flat();
  const plain = values.every(
    (one) => (typeof one === 'string' && one !== '') || typeof one === 'boolean' || Number.isSafeInteger(one),
  );
  return plain && values.length > 0 ? values.map(String) : undefined;
}

/** The questions that AssumeRole puts to the trust policy of its role, one for each action that the request needs. */
export function questionsOfAssumeRole(request: AssumeRoleRequest, caller: Caller): readonly TrustQuestion[] {
  const context = contextOfAssumeRole(request, caller);
  // A session keeps the source identity that it was obtained with, and can have been obtained with MFA.
  const mayHaveIdentity = caller.kind === 'role';
  const mayHaveMfa = caller.usedMfa === true;
  const isKnown = (key: string): boolean => {
    if (context.has(key)) return true;
    if (key === 'sts:sourceidentity') return !mayHaveIdentity;
    if (key.startsWith('aws:multifactorauth')) return !mayHaveMfa && MFA_KEYS.includes(key);
    return key === 'sts:externalid' || TAG_KEYS.test(key);
  };
  const principal = principalOfCaller(caller);
  return actionsOfAssumeRole(request).map((action) => ({ action, principal, context, isKnown }));
}

/** The actions that a trust policy has to allow for a request. */
export function actionsOfAssumeRole({ tags, sourceIdentity }: AssumeRoleRequest): readonly string[] {
  return [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
}

function contextOfAssumeRole(request: AssumeRoleRequest, caller: Caller): TrustQuestion['context'] {
  const { sessionName, externalId, sourceIdentity, tags, transitiveTagKeys, mfa } = request;
  const context = new Map<string, readonly string[]>();
  const set = (key: string, values: readonly (string | undefined)[]) => {
    const known = values.filter((value) => value !== undefined);
    if (known.length > 0) context.set(key.toLowerCase(), known);
  };
  set('sts:RoleSessionName', [sessionName]);
  set('aws:PrincipalArn', [caller.arn]);
  set('aws:PrincipalAccount', [caller.accountId]);
  set('sts:ExternalId', [externalId]);
  set('sts:SourceIdentity', [sourceIdentity]);
  set(
    'aws:TagKeys',
    tags.map(({ key }) => key),
  );
  set('sts:TransitiveTagKeys', transitiveTagKeys);
  for (const { key, value } of tags) set(`aws:RequestTag/${key}`, [value]);
  // Role sessions have this key even without MFA; users have it only with MFA.
  if (mfa !== undefined) set('aws:MultiFactorAuthPresent', ['true']);
  if (caller.kind === 'role' && caller.usedMfa !== true) set('aws:MultiFactorAuthPresent', ['false']);
  return context;
}

function principalOfCaller({ arn, accountId, sessionName }: Caller): TrustQuestion['principal'] {
  const [, partition] = arn.split(':');
  const role = parseRoleArn(arn);
  /** How the ARNs of a role's sessions start. */
  const sessions = role && `arn:${partition}:sts::${accountId}:assumed-role/${role.name}/`;
  return {
    type: 'AWS',
    ids: [
      arn,
      ...(sessions !== undefined && sessionName !== undefined ? [sessions + sessionName] : []),
      accountId,
      `arn:${partition}:iam::${accountId}:root`,
    ],
    mayBe: (name) => {
      if (UNIQUE_ID.test(name)) return true;
      if (sessions === undefined || sessionName !== undefined) return false;
      return name.toLowerCase().startsWith(sessions.toLowerCase());
    },
  };
}
