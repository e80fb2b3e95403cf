import type { Cause } from '../../sts/cause.ts';
import type { Mismatch } from '../../trust/evaluate.ts';
import type { Denial } from './denial.ts';
import { callerNotTrusted, issuerCause } from './known-causes.ts';

/** Why a statement does not name the principal of a request. */
export function causeOfPrincipal({ wanted, found }: Mismatch, denial: Denial): Cause {
  const provider = denial.claims === undefined ? undefined : found[0];
  if (provider === undefined) return callerNotTrusted(denial.request.role.arn, denial.caller?.arn);
  const check = `Write ${provider} as Federated.`;
  const own = partsOfProvider(provider);
  for (const named of wanted.map(partsOfProvider)) {
    if (named.issuer === undefined) continue;
    if (named.issuer !== own.issuer) {
      return {
        id: denial.server === undefined ? 'issuer-of-provider' : issuerCause(denial.server),
        why: `the trust policy names the provider ${named.issuer}, and the token comes from ${own.issuer}`,
        check,
      };
    }
    if (named.accountId !== own.accountId) {
      return {
        id: 'account-of-provider',
        why: `the trust policy names the provider of account ${named.accountId}, and a role can only trust a provider of its own account, ${own.accountId}`,
        check,
      };
    }
    if (named.partition !== own.partition) {
      return {
        id: 'partition-of-provider',
        why: `the trust policy names a provider of the partition ${named.partition}`,
        check,
      };
    }
  }
  return {
    id: 'issuer-of-provider',
    why: "the trust policy does not name the identity provider of the token's issuer",
    check,
  };
}

function partsOfProvider(arn: string) {
  const [, partition, accountId, issuer] = /^arn:([^:]+):iam::(\d*):oidc-provider\/(.*)$/.exec(arn) ?? [];
  return { partition, accountId, issuer };
}
