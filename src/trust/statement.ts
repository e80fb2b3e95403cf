/** The issuer of github.com, as IAM names its provider. */
export const GITHUB_PROVIDER = 'token.actions.githubusercontent.com';

/** A statement of a trust policy, as JSON. */
export interface TrustStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface TrustPolicyJson {
  readonly Version: string;
  readonly Statement: readonly TrustStatement[];
}

export interface WebIdentityTrust {
  readonly partition: string;
  readonly accountId: string;
  /** The issuer's URL. */
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** Adds a condition, for a subject that other repositories can have too. */
  readonly repositoryId?: string | undefined;
  /** Adds a condition, for a job of a called workflow: the claim `job_workflow_ref`. */
  readonly jobWorkflowRef?: string | undefined;
}

/** Allows tokens of one subject and one audience to assume the role. */
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
        ...(trust.jobWorkflowRef !== undefined && {
          [`${provider}:job_workflow_ref`]: asLiteral(trust.jobWorkflowRef),
        }),
      },
    },
  };
}

/** A text as a condition value that matches only this text: a branch can be named `${aws:username}`. */
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

export interface AssumeRoleTrust {
  /** The ARN of the role or user that signs the request. */
  readonly caller: string;
  /** The actions that the request needs. */
  readonly actions: readonly string[];
  readonly hasExternalId: boolean;
}

/** Takes the place of an external ID in a statement, since a log must not show it. */
export const EXTERNAL_ID = 'EXTERNAL-ID';

/** Allows one caller to assume the role. */
export function assumeRoleStatement({ caller, actions, hasExternalId }: AssumeRoleTrust): TrustStatement {
  const [first = '', ...others] = actions;
  return {
    Effect: 'Allow',
    Principal: { AWS: caller },
    Action: others.length === 0 ? first : actions,
    ...(hasExternalId && { Condition: { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } } }),
  };
}

/** A whole trust policy. */
export function policyOf(...statements: readonly TrustStatement[]): TrustPolicyJson {
  return { Version: '2012-10-17', Statement: statements };
}
