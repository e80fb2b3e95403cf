import { requestSuffix } from '../aws/request-id.ts';
import { ActionError, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';
import { proxyRefused } from '../platform/http/proxy-settings.ts';
import type { FailureClass } from '../platform/retry.ts';
import { nameOfError } from '../platform/trace.ts';

interface OrganizationsCall {
  readonly operation: string;
  /** The unit, root or account that the request is about. */
  readonly target: string | undefined;
  /** The ARN of the caller, or a few words. */
  readonly caller: string;
}

/** The permissions that a list of accounts can need. */
const PERMISSIONS =
  'organizations:ListAccounts, organizations:ListAccountsForParent, organizations:ListOrganizationalUnitsForParent and organizations:ListTagsForResource';

export class OrganizationsFailure extends ActionError {
  readonly failure: FailureClass;

  constructor(code: ErrorCode, failure: FailureClass, details: ErrorDetails) {
    super(code, details);
    this.failure = failure;
  }
}

/** Explains what the SDK threw for a request (Organizations API Reference, "Errors" of each operation). */
export function organizationsFailure(error: unknown, call: OrganizationsCall): OrganizationsFailure {
  const { operation, target, caller } = call;
  const name = nameOfError(error);
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const { httpStatusCode: status, requestId } = $metadata ?? {};
  const about = target === undefined ? operation : `${operation} of ${target}`;
  const returned = `${about} returned ${name}${requestSuffix(requestId)}`;
  const fail = (code: ErrorCode, failure: FailureClass, details: Omit<ErrorDetails, 'cause'>) =>
    new OrganizationsFailure(code, failure, { ...details, cause: error });

  switch (name.replace(/Exception$/, '')) {
    case 'AccessDenied':
      return fail('ORGANIZATION_ACCESS_DENIED', 'final', {
        problem: `AWS Organizations did not allow ${caller} to list accounts (accounts-from).`,
        found: returned,
        expected: `a caller in the management account, or in the account of a delegated administrator, with the permission organizations:${operation}`,
        remedy: `Allow ${PERMISSIONS} for the role. If its account is neither of them, let role-to-assume or role-chain end with a role of such an account, or delegate with \`aws organizations put-resource-policy\`.`,
      });
    case 'AWSOrganizationsNotInUse':
      return fail('ORGANIZATION_NOT_IN_USE', 'final', {
        problem: 'The account of the caller does not belong to an organization (accounts-from).',
        found: `${returned} for ${caller}`,
        expected: 'an account of an organization of AWS Organizations',
        remedy:
          'Check the account of role-to-assume. Without an organization, use profiles or profiles-file.',
      });
    case 'ParentNotFound':
      return fail('ORGANIZATIONAL_UNIT_NOT_FOUND', 'final', {
        problem: `The organization has no unit or root ${target} (accounts-from).`,
        found: returned,
        expected: "the ID of a unit of the caller's organization",
        remedy: 'Compare the ID with `aws organizations list-organizational-units-for-parent`.',
      });
    case 'TooManyRequests':
    case 'Throttling':
      return fail('ORGANIZATION_THROTTLED', 'throttled', {
        problem: 'AWS Organizations throttled the requests for the list of accounts (accounts-from).',
        found: returned,
        expected: 'fewer requests per second from the organization',
        remedy:
          'List accounts once and pass the matrix on, as for-each-account.yml does. Raise action-timeout-s for longer retries.',
      });
    default:
  }
  if (status === 407)
    return fail('PROXY_REFUSED', 'final', proxyRefused('the endpoint of AWS Organizations'));
  const isTransient = status === undefined || status >= 500 || status === 429;
  return fail('ORGANIZATION_FAILED', isTransient ? 'transient' : 'final', {
    problem:
      status === undefined
        ? 'AWS Organizations could not be reached (accounts-from).'
        : 'AWS Organizations failed to list accounts (accounts-from).',
    found: status === undefined ? `${about}: ${name}` : `HTTP ${status}, ${returned}`,
    expected: 'HTTP 200',
    remedy:
      'Check that the runner can connect to the endpoint of AWS Organizations, which is in one region of each partition (proxy, firewall), and AWS_ENDPOINT_URL_ORGANIZATIONS. Look the name up in the AWS Organizations API Reference.',
  });
}
