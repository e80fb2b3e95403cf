import type { Cause } from '../sts/cause.ts';
import { describeMismatch, type Verdict } from '../trust/evaluate.ts';
import { EXTERNAL_ID, providerOf, type TrustStatement } from '../trust/statement.ts';
import type { Denial } from './causes/denial.ts';
import { describeClaims, fact } from './presented-claims.ts';

export interface Diagnosis {
  readonly denial: Denial;
  readonly causes: readonly Cause[];
  readonly statement: TrustStatement | undefined;
  readonly remarks: readonly string[];
  readonly region: string;
  readonly endpoint: string | undefined;
}

/** The lines of a diagnosis for the log: request, proof, verdict, causes, statement. */
export function describeDiagnosis(diagnosis: Diagnosis): string[] {
  const { denial, causes, statement, remarks } = diagnosis;
  return [
    'Requested',
    ...indented(describeRequest(diagnosis)),
    'Presented',
    ...indented(denial.claims === undefined ? describeSigned(denial) : describeClaims(denial.claims)),
    ...(denial.verdict === undefined ? [] : describeVerdict(denial.verdict)),
    'Likely causes, most likely first',
    ...causes.flatMap(({ id, why, check }, index) => [`  ${index + 1}. ${why} [${id}]`, `     ${check}`]),
    ...(statement === undefined ? [] : describeStatement(statement)),
    ...describeProvider(denial),
    ...remarks,
  ];
}

function describeRequest({ denial, region, endpoint }: Diagnosis): string[] {
  const { operation, role } = denial.request;
  const facts = Object.entries({ operation, role: role.arn, account: role.accountId, region, endpoint });
  return facts.flatMap(([label, value]) => (value === undefined ? [] : fact(label, value)));
}

/** The parts of a signed request that trust policies have conditions on, without the external ID. */
function describeSigned({ request, caller }: Denial): string[] {
  const signer = fact('caller', caller?.arn ?? '(unknown)');
  if (request.operation !== 'AssumeRole') return [signer];
  const { externalId, tags, sourceIdentity, mfa, sessionName } = request;
  const sessionTags = tags.map(({ key, value }) => `${key}=${value}`).join(', ');
  return [
    signer,
    fact('session name', sessionName),
    fact('external ID', externalId === undefined ? '(none)' : `${externalId.length} characters`),
    fact('session tags', sessionTags || '(none)'),
    fact('source identity', sourceIdentity ?? '(none)'),
    fact('MFA', mfa === undefined ? 'no' : 'yes'),
  ];
}

function describeStatement(statement: TrustStatement): string[] {
  const replaced = `Replace ${EXTERNAL_ID} with role-external-id, or external_id of the profile. The log does not show it.`;
  const hasExternalId = statement.Condition?.StringEquals?.['sts:ExternalId'] !== undefined;
  return [
    'A trust policy statement for exactly this run',
    ...indented(JSON.stringify(statement, undefined, 2).split('\n')),
    ...(hasExternalId ? [replaced] : []),
  ];
}

function describeProvider({ code, claims }: Denial): string[] {
  if (code !== 'STS_PROVIDER_NOT_FOUND' || claims === undefined) return [];
  const url = `https://${providerOf(String(claims.iss))}`;
  return [
    'To create a missing identity provider',
    `  aws iam create-open-id-connect-provider --url ${url} --client-id-list ${String(claims.aud)}`,
  ];
}

/** The verdict of the trust policy in the workspace, statement by statement. */
export function describeVerdict({ decision, statements, question }: Verdict): string[] {
  const verb = { allowed: 'allows', denied: 'does not allow', undecided: 'may allow' }[decision];
  return [
    `The file in trust-policy ${verb} ${question.action} for this run`,
    ...statements.flatMap(({ statement, outcome, mismatches, notEvaluated }) => [
      `  ${statement.label} (${statement.effect}): ${outcome}`,
      ...mismatches.map((mismatch) => `    ${describeMismatch(mismatch)}`),
      ...notEvaluated.map(({ part }) => `    ${part}: not evaluated, only AWS knows the value`),
    ]),
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
