import type { Cause } from '../../sts/cause.ts';
import type { Mismatch } from '../../trust/evaluate.ts';
import type { Denial } from './denial.ts';
import * as known from './known-causes.ts';

/** Why a statement does not name the principal of a request. */
export function causeOfPrincipal({ wanted, found }: Mismatch, denial: Denial): Cause {
  const provider = denial.claims === undefined ? undefined : found[0];
  if (provider === undefined) return known.callerNotTrusted(denial.request.role.arn, denial.caller?.arn);
  const own = partsOfProvider(provider);
  const named = wanted.map(partsOfProvider).find(({ issuer }) => issuer !== undefined);
  const check = `Write ${provider} as Federated.`;
  if (named === undefined) {
    const why = "the trust policy does not name the identity provider of the token's issuer";
    return { id: 'issuer-of-provider', why, check };
  }
  if (named.issuer !== own.issuer) {
    const why = `the trust policy names the provider ${named.issuer}, and the token comes from ${own.issuer}`;
    return {
      id: denial.server === undefined ? 'issuer-of-provider' : known.issuerCause(denial.server),
      why,
      check,
    };
  }
  if (named.accountId !== own.accountId) {
    const why = `the trust policy names the provider of account ${named.accountId}, and a role can only trust a provider of its own account, ${own.accountId}`;
    return { id: 'account-of-provider', why, check };
  }
  const why = `the trust policy names a provider of the partition ${named.partition}`;
  return { id: 'partition-of-provider', why, check };
}

function partsOfProvider(arn: string) {
  const [, partition, accountId, issuer] = /^arn:([^:]+):iam::(\d*):oidc-provider\/(.*)$/.exec(arn) ?? [];
  return { partition, accountId, issuer };
}
