import type { Statement } from '../../trust/document.ts';
import { isEveryone } from '../../trust/evaluate.ts';
import type { Unknowns } from '../policies/roles/unknowns.ts';
import { inAccount, isOwnAccount, isOwnPartition } from '../policies/roles/unknowns.ts';
import { exactly } from '../texts/language.ts';
import { relation } from '../texts/relation.ts';
import type { Often } from './condition-set.ts';

/** The account of a role, as far as it is known. */
export interface Account {
  readonly accountId: string | undefined;
  readonly partition: string | undefined;
}

export interface PrincipalVerdict {
  readonly often: Often;
  readonly reasons: readonly string[];
}

const PROVIDER_ARN = /^arn:([^:]*):iam::([^:]*):oidc-provider\/(.*)$/s;

/** Whether a statement names the provider of the tokens in the account of the role. */
export function evaluatePrincipal(
  principal: Statement['principal'],
  provider: string,
  account: Account,
  unknowns: Unknowns,
): PrincipalVerdict {
  if (isEveryone(principal)) return ALWAYS;
  if (principal === undefined || principal === '*')
    return { often: 'unknown', reasons: ['NotPrincipal is not evaluated'] };
  const verdicts = (principal.Federated ?? []).map((name) => evaluateName(name, provider, account, unknowns));
  if (Object.values(principal).some((names) => names.includes('*')))
    verdicts.push({ often: 'unknown', reasons: ['IAM does not document * in this principal'] });
  return (
    verdicts.find(({ often }) => often === 'always') ??
    verdicts.find(({ often }) => often === 'unknown') ??
    NEVER
  );
}

const ALWAYS: PrincipalVerdict = { often: 'always', reasons: [] };
const NEVER: PrincipalVerdict = { often: 'never', reasons: [] };

function evaluateName(
  name: string,
  provider: string,
  { accountId, partition }: Account,
  unknowns: Unknowns,
): PrincipalVerdict {
  const arn = inAccount(name, accountId, partition);
  const [, ofPartition = '', ofAccount = '', issuer] = PROVIDER_ARN.exec(arn) ?? [];
  if (issuer === undefined) {
    const value = unknowns.valueOf(arn);
    if (value.kind !== 'known') return { often: 'unknown', reasons: value.reasons };
    // IAM names some providers without an ARN.
    return arn.toLowerCase() === provider.toLowerCase()
      ? { often: 'unknown', reasons: [`IAM does not document ${arn} as a principal`] }
      : NEVER;
  }
  const parts = [
    evaluatePart(ofPartition, isOwnPartition(ofPartition), partition, unknowns),
    evaluatePart(ofAccount, isOwnAccount(ofAccount), accountId, unknowns),
    evaluateIssuer(issuer, provider, unknowns),
  ];
  return (
    parts.find(({ often }) => often === 'never') ?? parts.find(({ often }) => often === 'unknown') ?? ALWAYS
  );
}

/** Where the account of the role is unknown, it is the one of the provider: a provider of another account is of no use. */
function evaluatePart(
  part: string,
  isOwn: boolean,
  own: string | undefined,
  unknowns: Unknowns,
): PrincipalVerdict {
  if (isOwn || own === undefined || part === own) return ALWAYS;
  const value = unknowns.valueOf(part);
  return value.kind === 'known' || relation(exactly(own), value.language) === 'outside'
    ? NEVER
    : { often: 'unknown', reasons: value.reasons };
}

function evaluateIssuer(issuer: string, provider: string, unknowns: Unknowns): PrincipalVerdict {
  if (issuer === provider) return ALWAYS;
  const value = unknowns.valueOf(issuer);
  if (value.kind !== 'known')
    return relation(exactly(provider), value.language) === 'outside'
      ? NEVER
      : { often: 'unknown', reasons: value.reasons };
  if (issuer.toLowerCase() === provider.toLowerCase())
    return { often: 'unknown', reasons: ['IAM does not document providers in another letter case'] };
  return issuer.startsWith(`${provider}/`)
    ? { often: 'unknown', reasons: [`whether the enterprise has the issuer ${issuer} is not in the files`] }
    : NEVER;
}
