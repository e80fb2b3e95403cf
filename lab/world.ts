import type { PolicyDocument } from './policy.ts';

/** The AWS accounts of the lab. Tests change them while the lab runs. */
export interface World {
  /** The default is `aws`. */
  partition?: string;
  /** By account ID. */
  accounts: Record<string, Account>;
  /** The organization to which accounts belong, if there is one. */
  organization?: Organization;
}

/** An organization of AWS Organizations. */
export interface Organization {
  managementAccountId: string;
  /** Other accounts whose callers may list accounts. */
  delegatedAdministrators?: string[];
  rootId: string;
  units: { id: string; name: string; parent: string }[];
  accounts: {
    id: string;
    name: string;
    /** The default is `ACTIVE`. */
    state?: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'PENDING_ACTIVATION' | 'CLOSED';
    /** The ID of the root or of a unit. */
    parent: string;
    tags?: Record<string, string>;
  }[];
}

export interface Account {
  oidcProviders: OidcProvider[];
  samlProviders?: SamlProvider[];
  roles: Role[];
  users?: User[];
  /** Regions in which STS is not activated for this account. */
  disabledRegions?: string[];
}

interface OidcProvider {
  /** The issuer without `https://`. */
  url: string;
  /** Client IDs. */
  audiences: string[];
}

interface SamlProvider {
  name: string;
  /** The key that verifies assertions, in PEM. */
  publicKey: string;
}

export interface Role {
  name: string;
  /** The default is `/`. */
  path?: string;
  trustPolicy: PolicyDocument;
  /** The default is 3600. */
  maxSessionSeconds?: number;
  /** The STS permissions of the role's sessions. The default is all. */
  permissions?: PolicyDocument;
}

export interface User {
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** The STS permissions of the user. The default is all. */
  permissions?: PolicyDocument;
  mfa?: { serial: string; totpSecret: string };
}

export const GITHUB = 'token.actions.githubusercontent.com';

/** A trust policy for GitHub jobs, as in the GitHub Docs. Subjects can contain wildcards. */
export function gitHubTrust(
  account: string,
  subjects: string | string[],
  audience = 'sts.amazonaws.com',
  partition = 'aws',
): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${GITHUB}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: { [`${GITHUB}:aud`]: audience },
          StringLike: { [`${GITHUB}:sub`]: subjects },
        },
      },
    ],
  };
}

/** A trust policy for an AWS principal that also allows session tags and a source identity. */
export function awsTrust(principal: string, externalId?: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: principal },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        ...(externalId !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
      },
    ],
  };
}

/**
 * A hub account that trusts `octo-org/octo-app` and has an IAM user, and two accounts that trust the hub.
 */
export function defaultWorld(): World {
  const subjects = ['repo:octo-org/octo-app:*', 'repo:octo-org@9919/octo-app@74:*'];
  const hub = 'arn:aws:iam::111111111111:role/deploy-hub';
  const user = 'arn:aws:iam::111111111111:user/ci';
  const spoke = (): Account => ({
    oidcProviders: [],
    roles: [{ name: 'deploy', trustPolicy: awsTrust(hub) }],
  });
  return {
    accounts: {
      '111111111111': {
        oidcProviders: [{ url: GITHUB, audiences: ['sts.amazonaws.com'] }],
        roles: [
          { name: 'deploy', trustPolicy: gitHubTrust('111111111111', subjects) },
          { name: 'deploy-hub', trustPolicy: gitHubTrust('111111111111', subjects) },
          { name: 'by-user', trustPolicy: awsTrust(user), maxSessionSeconds: 43_200 },
        ],
        users: [
          {
            name: 'ci',
            accessKeyId: 'AKIALABUSER000000001',
            secretAccessKey: 'lab0secret/of+the0user/ci0000000000000001',
            mfa: {
              serial: 'arn:aws:iam::111111111111:mfa/ci',
              totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
            },
          },
        ],
      },
      '222222222222': spoke(),
      '333333333333': spoke(),
    },
  };
}
