import type { Claims } from '../../identity/claims.ts';
import type { AssumeRoleRequest, RoleSessionRequest } from '../../plan/plan.ts';
import type { Caller } from '../denial.ts';
import type { TrustQuestion } from './evaluate.ts';
import { GITHUB_PROVIDER, providerArn, providerOf } from './statement.ts';

/** IAM User Guide, "Keys available for AWS OIDC federation": of every provider, and of GitHub's besides. */
const OF_EVERY_PROVIDER = ['amr', 'aud', 'azp', 'email', 'oaud', 'sub'];
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

/** IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity": the claim that a token has its tags in. */
const TAGS_CLAIM = 'https://aws.amazon.com/tags';

/** Condition keys that speak of the session tags of a request, in lower case. */
export const TAG_KEYS = /^(aws:requesttag\/.*|aws:tagkeys|sts:transitivetagkeys)$/;

/** What a token asks of the trust policy of the role it is presented to. */
export function questionOfToken(request: RoleSessionRequest, claims: Claims): TrustQuestion {
  const { partition, accountId } = request.role;
  const issuer = String(claims.iss);
  const provider = providerOf(issuer);
  const passedOn = [...OF_EVERY_PROVIDER, ...(provider.startsWith(GITHUB_PROVIDER) ? OF_GITHUB : [])];
  const bringsTags = claims[TAGS_CLAIM] !== undefined;
  const context = new Map<string, readonly string[]>();
  for (const claim of passedOn) {
    const value = claims[claim];
    if (value === undefined || value === null || value === '') continue;
    context.set(`${provider}:${claim}`.toLowerCase(), [value].flat().map(String));
  }
  if ('sessionName' in request) context.set('sts:rolesessionname', [request.sessionName]);
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    principal: { type: 'Federated', ids: [providerArn({ partition, accountId, issuer })] },
    context,
    isKnown: (key) =>
      context.has(key) ||
      key.startsWith(`${provider.toLowerCase()}:`) ||
      (!bringsTags && TAG_KEYS.test(key)) ||
      key.startsWith(`${GITHUB_PROVIDER}:`),
  };
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
  if (caller.kind === 'role') context.set('aws:multifactorauthpresent', ['false']);
  const actions = [
    'sts:AssumeRole',
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const ids = [caller.arn, caller.accountId, `arn:${partition}:iam::${caller.accountId}:root`];
  return actions.map((action) => ({
    action,
    principal: { type: 'AWS', ids },
    context,
    isKnown: (key) =>
      context.has(key) ||
      TAG_KEYS.test(key) ||
      /^sts:(externalid|sourceidentity)$|^aws:multifactorauth(present|age)$/.test(key),
  }));
}
