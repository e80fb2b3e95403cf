import type { PolicyDocument } from './policy.ts';

/** The accounts that the lab's STS knows. Tests change it while the lab runs. */
export interface World {
  /** `aws` when left out. */
  partition?: string;
  /** By id of 12 digits. */
  accounts: Record<string, Account>;
}

export interface Account {
  oidcProviders: OidcProvider[];
  samlProviders?: SamlProvider[];
  roles: Role[];
  users?: User[];
  /** Regions in which STS is not active for this account. */
  disabledRegions?: string[];
}

export interface OidcProvider {
  /** The issuer without `https://`. */
  url: string;
  /** Client IDs. */
  audiences: string[];
}

export interface SamlProvider {
  name: string;
  /** The key that signs assertions, in PEM. */
  publicKey: string;
}

export interface Role {
  name: string;
  /** `/` when left out. */
  path?: string;
  trustPolicy: PolicyDocument;
  /** 3600 when left out. */
  maxSessionSeconds?: number;
  /** What sessions of the role may do with STS; everything when left out. */
  permissions?: PolicyDocument;
}

export interface User {
  name: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** What the user may do with STS; everything when left out. */
  permissions?: PolicyDocument;
  mfa?: { serial: string; totpSecret: string };
}

export const GITHUB = 'token.actions.githubusercontent.com';

/** A trust policy for jobs of GitHub, as its documentation words it. Subjects may hold wildcards. */
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

/** A trust policy for a principal of AWS, session tags and source identities included. */
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
 * A hub account that trusts `octo-org/octo-app`, two accounts that trust the hub, and an IAM user in the hub.
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
