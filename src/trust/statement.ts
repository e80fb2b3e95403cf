/** The issuer of github.com, as IAM names its provider. */
export const GITHUB_PROVIDER = 'token.actions.githubusercontent.com';

/** A statement of a trust policy, as JSON. */
export interface TrustStatement {
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface WebIdentityTrust {
  readonly partition: string;
  readonly accountId: string;
  /** The issuer's URL. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** A condition besides, where the subject alone would let in other repositories. */
  readonly repositoryId?: string | undefined;
}

/** Allows the tokens of one subject and one audience to assume the role. */
export function webIdentityStatement(trust: WebIdentityTrust): TrustStatement {
  const provider = providerOf(trust.issuer);
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(trust) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${provider}:aud`]: asLiteral(trust.audience),
        [`${provider}:sub`]: asLiteral(trust.subject),
        ...(trust.repositoryId !== undefined && { [`${provider}:repository_id`]: trust.repositoryId }),
      },
    },
  };
}

/** A text as a condition value that means nothing else: a branch may be called `${aws:username}`. */
function asLiteral(text: string): string {
  return text.replaceAll('${', () => `\${$}{`);
}

/** An issuer as IAM names its provider and condition keys: without the scheme. */
export function providerOf(issuer: string): string {
  return issuer.replace(/^https:\/\//, '').replace(/\/$/, '');
}

export function providerArn({
  partition,
  accountId,
  issuer,
}: Pick<WebIdentityTrust, 'partition' | 'accountId' | 'issuer'>): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${providerOf(issuer)}`;
}

export interface HopTrust {
  /** The ARN of the role or user that asks. */
  readonly caller: string;
  readonly tags: boolean;
  readonly sourceIdentity: boolean;
  readonly externalId: boolean;
}

/** Stands in a statement for an external ID, which whoever reads a log need not know. */
export const EXTERNAL_ID = 'EXTERNAL-ID';

/** Allows one caller to assume the role, with what it sends along. */
export function hopStatement({ caller, tags, sourceIdentity, externalId }: HopTrust): TrustStatement {
  const actions = [
    'sts:AssumeRole',
    ...(tags ? ['sts:TagSession'] : []),
    ...(sourceIdentity ? ['sts:SetSourceIdentity'] : []),
  ];
  return {
    Effect: 'Allow',
    Principal: { AWS: caller },
    Action: actions.length === 1 ? 'sts:AssumeRole' : actions,
    ...(externalId && { Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } } }),
  };
}

/** A whole trust policy with one statement. */
export function policyOf(statement: TrustStatement): object {
  return { Version: '2012-10-17', Statement: [statement] };
}
