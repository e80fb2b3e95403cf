import { createHash } from 'node:crypto';
import { FINDING_IDS, type Finding, type FindingId, type Report, type Row } from '../model/report.ts';
import { fingerprintOfFinding, fingerprintOfRow, isDenied } from './outcome.ts';
import { nameOf } from './text.ts';

/** What a finding of each ID says in general, for the list of rules in code scanning. */
const RULES: Readonly<Record<FindingId | RowRule, string>> = {
  denied: 'A role does not let in a job that assumes it',
  'unknown-verdict': 'It is unknown whether a role lets in a job that assumes it',
  'missing-permission': 'A job assumes a role and gets no OIDC token',
  'pull-request-into-deploying-role': 'Pull requests can assume the role of deploying jobs',
  'stale-statement': 'A statement of a trust policy matches no job',
  'stale-value': 'A value of a trust policy matches no job',
  'too-wide': 'A trust policy lets in more than it names',
  'immutable-break': 'A trust policy breaks when the repository gets immutable subjects',
  'wildcard-in-equals': 'A wildcard is compared as a plain character',
  'for-all-values': 'A condition is met by a token without the claim',
  'unsupported-claim': 'AWS does not document a condition key for the claim',
  'audience-mismatch': 'The audience of the token is not that of the trust policy',
  'other-repository': 'A trust policy is about other repositories',
  'missing-policy': 'No file has the trust policy of a role',
  'role-path-mismatch': 'The path of a role differs from its ARN',
  'wrong-action': 'A statement does not allow sts:AssumeRoleWithWebIdentity',
  'no-audience-condition': 'A trust policy does not limit the audience',
  'never-matches': 'A condition matches no token',
  unreadable: 'A policy file is not valid',
  drift: 'A deployed trust policy differs from its file',
};

type RowRule = 'denied' | 'unknown-verdict';
type Rule = keyof typeof RULES;

const RULE_IDS: readonly Rule[] = ['denied', 'unknown-verdict', ...FINDING_IDS];

/**
 * The report as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning.
 *
 * @param docs the link to the documentation of the audit, if it is known
 */
export function sarifOf(report: Report, docs: string | undefined): string {
  const rows = report.rows.flatMap((row) => {
    if (isDenied(row, report)) return [ofRow('denied', 'error', row)];
    return row.verdict === 'unknown' ? [ofRow('unknown-verdict', 'note', row)] : [];
  });
  const driver = {
    name: 'assume-aws-roles audit',
    ...(docs !== undefined && { informationUri: docs }),
    rules: RULE_IDS.map((id) => ({
      id,
      shortDescription: { text: RULES[id] },
      ...(docs !== undefined && { helpUri: docs }),
    })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver },
        columnKind: 'utf16CodeUnits',
        results: [...rows, ...report.findings.map(ofFinding)],
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.gaps.map(({ file, line, what }) => ({
              level: 'note',
              message: { text: what },
              locations: [locationOf(file, line)],
            })),
          },
        ],
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ofRow(rule: RowRule, level: Finding['severity'], row: Row) {
  const { role, event, ref, why, file, line } = row;
  const on = ref === null ? '' : ` on ${ref}`;
  const text = `${nameOf(row)} (${event}${on}), ${role}: ${why}`;
  return resultOf(rule, level, { text, file, line, fingerprint: fingerprintOfRow(row) });
}

function ofFinding(finding: Finding) {
  const { id, severity, message, remedy, file, line } = finding;
  const text = `${message} ${remedy}`;
  return resultOf(id, severity, { text, file, line, fingerprint: fingerprintOfFinding(finding) });
}

interface Result {
  readonly text: string;
  readonly file: string;
  readonly line: number;
  readonly fingerprint: string;
}

function resultOf(rule: Rule, level: Finding['severity'], { text, file, line, fingerprint }: Result) {
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level,
    message: { text },
    locations: [locationOf(file, line)],
    partialFingerprints: { 'assumeAwsRoles/v1': createHash('sha256').update(fingerprint).digest('hex') },
  };
}

function locationOf(file: string, line: number) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, region: { startLine: line } } };
}
