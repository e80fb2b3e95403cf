import type { Cause } from '../sts/cause.ts';
import { describeMismatch, type Verdict } from '../trust/evaluate.ts';
import {
  EXTERNAL_ID,
  hopStatement,
  providerOf,
  type TrustStatement,
  webIdentityStatement,
} from '../trust/statement.ts';
import { namesRepository } from '../trust/subject.ts';
import { causesOf } from './causes/causes.ts';
import type { Denial } from './causes/denial.ts';
import { describeClaims } from './presented-claims.ts';

/** A denial, explained. */
export interface Diagnosis {
  /** The likeliest first. */
  readonly causes: readonly Cause[];
  /** A statement that allows exactly this run, where a trust policy may be the cause. */
  readonly statement: TrustStatement | undefined;
}

export function diagnose(denial: Denial): Diagnosis {
  return { causes: causesOf(denial), statement: statementFor(denial) };
}

function statementFor({ code, request, claims, caller }: Denial): TrustStatement | undefined {
  if (code !== 'STS_ACCESS_DENIED' && code !== 'TRUST_POLICY_MISMATCH' && code !== 'STS_PROVIDER_NOT_FOUND')
    return undefined;
  const { partition, accountId } = request.role;
  if (claims !== undefined) {
    const [audience = ''] = [claims.aud].flat().map(String);
    const [issuer, subject] = [String(claims.iss), String(claims.sub)];
    // A customised subject need not say of which repository it is.
    const repositoryId = namesRepository(claims) ? undefined : claimText(claims.repository_id);
    return webIdentityStatement({ partition, accountId, issuer, audience, subject, repositoryId });
  }
  if (request.operation !== 'AssumeRole' || caller === undefined) return undefined;
  // Named as a principal, the root user is its whole account; and it may not assume roles.
  if (caller.arn.endsWith(':root')) return undefined;
  return hopStatement({
    caller: caller.arn,
    tags: request.tags.length > 0,
    sourceIdentity: request.sourceIdentity !== undefined,
    externalId: request.externalId !== undefined,
  });
}

/** A claim as condition keys have it: an issuer may write an ID as a number. */
function claimText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** What was asked, what was presented, why it may have been refused, and what would be allowed: for the job's log. */
export function describeDiagnosis(
  denial: Denial,
  { causes, statement }: Diagnosis,
  place: { readonly region: string; readonly endpoint: string | undefined },
  remarks: readonly string[],
): string[] {
  const { request, claims, caller, verdict } = denial;
  const { arn, accountId } = request.role;
  const asked = [
    ['operation', request.operation],
    ['role', arn],
    ['account', accountId],
    ['region', place.region],
    ...(place.endpoint === undefined ? [] : [['endpoint', place.endpoint]]),
  ].map(([label, value]) => `  ${`${label}:`.padEnd(18)}${value}`);
  return [
    'Asked for',
    ...asked,
    'Presented',
    ...(claims === undefined
      ? [`  ${'caller:'.padEnd(18)}${caller?.arn ?? '(unknown)'}`, ...describeSent(denial)]
      : describeClaims(claims).map((line) => `  ${line}`)),
    ...(verdict === undefined ? [] : describeVerdict(verdict)),
    'Likely causes, the likeliest first',
    ...causes.flatMap(({ id, why, check }, index) => [`  ${index + 1}. ${why} [${id}]`, `     ${check}`]),
    ...(statement === undefined
      ? []
      : [
          'A trust policy statement for exactly this run',
          ...JSON.stringify(statement, undefined, 2)
            .split('\n')
            .map((line) => `  ${line}`),
          ...(hasExternalId(statement)
            ? [
                `${EXTERNAL_ID} stands for role-external-id, or external_id of the profile, which is not shown.`,
              ]
            : []),
        ]),
    ...(denial.code === 'STS_PROVIDER_NOT_FOUND' && claims !== undefined
      ? ['The provider, if it is missing', `  ${createProvider(String(claims.iss), String(claims.aud))}`]
      : []),
    ...remarks,
  ];
}

function hasExternalId({ Condition }: TrustStatement): boolean {
  return Condition?.StringEquals?.['sts:ExternalId'] !== undefined;
}

/** What goes along with a signed request, as far as trust policies have conditions on it; the external ID stays out. */
function describeSent({ request }: Denial): string[] {
  if (request.operation !== 'AssumeRole') return [];
  const { externalId, tags, sourceIdentity, mfa, sessionName } = request;
  return [
    ['session name', sessionName],
    ['external ID', externalId === undefined ? '(none)' : `${externalId.length} characters`],
    [
      'session tags',
      tags.length === 0 ? '(none)' : tags.map(({ key, value }) => `${key}=${value}`).join(', '),
    ],
    ['source identity', sourceIdentity ?? '(none)'],
    ['MFA', mfa === undefined ? 'no' : 'yes'],
  ].map(([label, value]) => `  ${`${label}:`.padEnd(18)}${value}`);
}

/** What a trust policy says to a run, statement by statement. */
export function describeVerdict({ decision, statements, question }: Verdict): string[] {
  const words = { allowed: 'allows', denied: 'does not allow', undecided: 'may allow' }[decision];
  return [
    `The file in trust-policy ${words} ${question.action} for this run`,
    ...statements.flatMap(({ statement, outcome, mismatches, notEvaluated }) => [
      `  ${statement.label} (${statement.effect}): ${outcome}`,
      ...mismatches.map((mismatch) => `    ${describeMismatch(mismatch)}`),
      ...notEvaluated.map(
        ({ part }) => `    ${part}: not evaluated, as it is not known here what AWS sees there`,
      ),
    ]),
  ];
}

/** The command that makes the provider. */
function createProvider(issuer: string, audience: string): string {
  return `aws iam create-open-id-connect-provider --url https://${providerOf(issuer)} --client-id-list ${audience}`;
}
