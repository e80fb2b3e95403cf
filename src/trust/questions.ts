import { parseRoleArn } from '../aws/arn.ts';
import type { Claims } from '../identity/claims.ts';
import type { AssumeRoleRequest, RoleSessionRequest } from '../plan/plan.ts';
import type { TrustQuestion } from './evaluate.ts';
import { GITHUB_PROVIDER, providerArn, providerOf } from './statement.ts';

export interface Caller {
  /** The ARN that a trust policy names: a role's or a user's, not a session's. */
  readonly arn: string;
  readonly accountId: string;
  readonly kind: 'role' | 'user';
  /** The name of a role's session, where it is known. */
  readonly sessionName?: string | undefined;
  /** Whether a role's session was asked for with MFA, which its requests tell. */
  readonly usedMfa?: boolean;
}

/**
 * IAM User Guide, "Keys available for AWS OIDC federation": of every provider, and of GitHub's besides. What STS makes of
 * other claims is not known here: the list has grown, policies with `repository_owner_id` are in use without being on it,
 * and users saw `repository_owner` left out (aws-actions/configure-aws-credentials#306).
 */
const OF_EVERY_PROVIDER = ['amr', 'aud', 'email', 'sub'];
const OF_GITHUB = [
  'actor',
  'actor_id',
  'enterprise_id',
  'environment',
  'job_workflow_ref',
  'ref',
  'repository',
  'repository_id',
  'workflow',
];
/** There is no such key (github/docs#22240). */
const NEVER_PASSED_ON = 'iss';
/** What `aud` is, where a token has `azp`, is for the provider to say. */
const BY_AUTHORISED_PARTY = ['aud', 'azp', 'oaud'];

/** IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity": the claim that a token has its tags in. */
const TAGS_CLAIM = 'https://aws.amazon.com/tags';

/** Condition keys that speak of the session tags of a request, in lower case. */
export const TAG_KEYS = /^(aws:requesttag\/.*|aws:tagkeys|sts:transitivetagkeys)$/;

/** What a token asks of the trust policy of the role it is presented to. */
export function questionOfToken(request: RoleSessionRequest, claims: Claims): TrustQuestion {
  const { partition, accountId } = request.role;
  const issuer = String(claims.iss);
  const provider = providerOf(issuer);
  const passedOn = new Set([...OF_EVERY_PROVIDER, ...(provider === GITHUB_PROVIDER ? OF_GITHUB : [])]);
  const prefix = `${provider}:`.toLowerCase();
  const bringsTags = claims[TAGS_CLAIM] !== undefined;
  const context = new Map<string, readonly string[]>();
  const unclear = new Set('azp' in claims ? BY_AUTHORISED_PARTY : ['oaud']);
  for (const [claim, value] of Object.entries(claims)) {
    const texts = passedOn.has(claim) && !unclear.has(claim) ? textsOf(value) : undefined;
    if (texts !== undefined) context.set(prefix + claim, texts);
    else if (claim !== NEVER_PASSED_ON && value !== undefined && value !== null)
      unclear.add(claim.toLowerCase());
  }
  if ('sessionName' in request) context.set('sts:rolesessionname', [request.sessionName]);
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: {
      type: 'Federated',
      ids: [providerArn({ partition, accountId, issuer })],
      // Some providers go by their bare name.
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

/** The values of a claim as condition keys have them; undefined for what has no plain text form. */
function textsOf(value: unknown): readonly string[] | undefined {
  const values = [value].flat();
  const plain = values.every(
    (one) => (typeof one === 'string' && one !== '') || typeof one === 'boolean' || Number.isSafeInteger(one),
  );
  return plain && values.length > 0 ? values.map(String) : undefined;
}

/** What a hop asks of the trust policy of its role: one question for each action that it takes. */
export function questionsOfHop(request: AssumeRoleRequest, caller: Caller): readonly TrustQuestion[] {
  const { sessionName, externalId, sourceIdentity, tags, transitiveTagKeys, mfa } = request;
  const [, partition] = caller.arn.split(':');
  const entries: [string, readonly string[]][] = [
    ['sts:RoleSessionName', [sessionName]],
    ['aws:PrincipalArn', [caller.arn]],
    ['aws:PrincipalAccount', [caller.accountId]],
    ...(externalId === undefined ? [] : [['sts:ExternalId', [externalId]] as [string, string[]]]),
    ...(sourceIdentity === undefined ? [] : [['sts:SourceIdentity', [sourceIdentity]] as [string, string[]]]),
    ...(mfa === undefined ? [] : [['aws:MultiFactorAuthPresent', ['true']] as [string, string[]]]),
    ...(tags.length === 0 ? [] : [['aws:TagKeys', tags.map(({ key }) => key)] as [string, string[]]]),
    ...(transitiveTagKeys.length === 0
      ? []
      : [['sts:TransitiveTagKeys', transitiveTagKeys] as [string, readonly string[]]]),
    ...tags.map(({ key, value }): [string, string[]] => [`aws:RequestTag/${key}`, [value]]),
  ];
  const context = new Map(entries.map(([key, values]) => [key.toLowerCase(), values]));
  // Role sessions have the key and say false; users without MFA do not have it.
  const mayHaveMfa = caller.usedMfa === true;
  if (caller.kind === 'role' && !mayHaveMfa) context.set('aws:multifactorauthpresent', ['false']);
  // A session keeps the source identity that it was asked for with.
  const mayHaveIdentity = caller.kind === 'role' && sourceIdentity === undefined;
  const actions = [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const role = caller.kind === 'role' ? parseRoleArn(caller.arn) : undefined;
  const sessions = `arn:${partition}:sts::${caller.accountId}:assumed-role/${role?.name}/`;
  const ids = [
    caller.arn,
    ...(role !== undefined && caller.sessionName !== undefined ? [sessions + caller.sessionName] : []),
    caller.accountId,
    `arn:${partition}:iam::${caller.accountId}:root`,
  ];
  const mayBe = (name: string) =>
    UNIQUE_ID.test(name) ||
    (role !== undefined &&
      caller.sessionName === undefined &&
      name.toLowerCase().startsWith(sessions.toLowerCase()));
  return actions.map((action) => ({
    action,
    principal: { type: 'AWS', ids, mayBe },
    context,
    isKnown: (key) => {
      if (context.has(key)) return true;
      if (key === 'sts:sourceidentity') return !mayHaveIdentity;
      if (key.startsWith('aws:multifactorauth')) return !mayHaveMfa && MFA_KEYS.includes(key);
      return key === 'sts:externalid' || TAG_KEYS.test(key);
    },
  }));
}

const MFA_KEYS = ['aws:multifactorauthpresent', 'aws:multifactorauthage'];
/** IAM User Guide, "IAM identifiers": what a policy shows for a role or user that was deleted. */
const UNIQUE_ID = /^A[A-Z0-9]{15,31}$/;
