/** The codes of all errors. `docs/troubleshooting.md` has a heading for each; a test compares the two. */
export const ERROR_CODES = [
  'INVALID_INPUT',
  'RUNNER_FILE_MISSING',
  'OIDC_PERMISSION_MISSING',
  'OIDC_FORK',
  'OIDC_REQUEST_REFUSED',
  'OIDC_UNREACHABLE',
  'TOKEN_FILE_UNUSABLE',
  'NO_CREDENTIALS',
  'PROXY_REFUSED',
  'STS_ACCESS_DENIED',
  'STS_PROVIDER_NOT_FOUND',
  'STS_AUDIENCE_REFUSED',
  'STS_TOKEN_INVALID',
  'STS_TOKEN_EXPIRED',
  'STS_PROVIDER_UNREACHABLE',
  'STS_CLAIM_REJECTED',
  'STS_POLICY_MALFORMED',
  'STS_POLICY_TOO_LARGE',
  'STS_REGION_DISABLED',
  'STS_DURATION_TOO_LONG',
  'STS_REQUEST_INVALID',
  'STS_MFA_REFUSED',
  'STS_KEY_UNKNOWN',
  'STS_SIGNATURE_MISMATCH',
  'STS_CREDENTIALS_EXPIRED',
  'STS_THROTTLED',
  'STS_UNREACHABLE',
  'STS_ANSWER_UNREADABLE',
  'STS_FAILED',
  'ORGANIZATION_ACCESS_DENIED',
  'ORGANIZATION_NOT_IN_USE',
  'ORGANIZATIONAL_UNIT_NOT_FOUND',
  'ORGANIZATION_THROTTLED',
  'ORGANIZATION_FAILED',
  'NO_ACCOUNT_LEFT',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'EVENT_MISMATCH',
  'ACCOUNT_NOT_ALLOWED',
  'SESSION_TOO_SHORT',
  'TRUST_POLICY_UNREADABLE',
  'TRUST_POLICY_MISMATCH',
  'AUDIT_FAILED',
  'PROFILES_FAILED',
  'PROFILE_EXISTS',
  'PROFILE_FILE_REFUSED',
  'PROFILE_FILE_FAILED',
  'DELIVERY_FAILED',
  'FOLDER_REFUSED',
  'REFRESH_PLAN_UNUSABLE',
  'REFRESH_BUSY',
  'BROKER_NOT_STARTED',
  'COMMAND_NOT_STARTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** One sentence that names the input, claim, or service at fault. */
  readonly problem: string;
  /** What the action found instead, without secrets: a noun phrase. */
  readonly found?: string | undefined;
  /** The likely cause: a clause. */
  readonly likely?: string | undefined;
  /** What the action expected: a noun phrase. */
  readonly expected?: string | undefined;
  /** What the reader can do next: imperative sentences. */
  readonly remedy: string;
  readonly parts?: readonly ErrorPart[];
  readonly cause?: unknown;
}

export interface ErrorPart extends Omit<ErrorDetails, 'parts' | 'cause'> {
  /** The subject, for example a profile, and the code of its failure. Annotations merge similar parts with names. */
  readonly about?: { readonly name: string; readonly code: ErrorCode };
}

/** The only error type of this project. Its message is for the reader of the log of the job. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(describe(code, details), { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** The error on one line. */
export function inOneLine({ code, details: { problem, found, remedy } }: ActionError): string {
  const facts = found === undefined ? '' : ` Found: ${found}.`;
  return `${problem}${facts} ${remedy} [${code}]`.replaceAll(/\s+/g, ' ');
}

function describe(code: ErrorCode, details: ErrorDetails): string {
  const [problem, ...facts] = describeDetails(details);
  const parts = (details.parts ?? []).flatMap((part) => describePart(part));
  return [`${problem} [${code}]`, ...parts, ...facts].join('\n');
}

/** The lines of one of several problems, indented below the common problem. */
export function describePart(part: ErrorPart, names = part.about?.name): string[] {
  const { about, problem } = part;
  const text = about === undefined ? problem : `${names}: ${problem} [${about.code}]`;
  return describeDetails({ ...part, problem: text }).map((line) => `  ${line}`);
}

/** The problem on the first line, and its facts on the lines below. */
export function describeDetails({ problem, found, expected, likely, remedy }: ErrorDetails): string[] {
  const facts = Object.entries({ found, expected, likely, next: remedy });
  return [
    problem,
    ...facts.flatMap(([label, text]) => (text === undefined ? [] : `  ${`${label}:`.padEnd(10)}${text}`)),
  ];
}

/** Any other error becomes `INTERNAL`, without its message, which could quote a value that is not masked. */
export function asActionError(error: unknown): ActionError {
  if (error instanceof ActionError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ActionError('INTERNAL', {
    problem: `The action failed with an unexpected error (${name}).`,
    remedy: 'Run the job again with debug logging (RUNNER_DEBUG=1), and open an issue with the log.',
    cause: error,
  });
}

/** The code of an error of the operating system, such as ENOENT. */
export function systemErrorCode(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}
