import { ActionError, type ErrorCode, type ErrorDetails } from '../platform/errors.ts';
import type { FailureClass } from '../platform/retry.ts';
import type { Cause } from './cause.ts';

export class StsFailure extends ActionError {
  readonly failure: FailureClass;
  /** Whether the endpoint itself may be at fault: no connection, or a server error. */
  readonly unreachable: boolean;
  readonly namedCause: Cause | undefined;
  readonly endpoint: string | undefined;

  constructor(
    code: ErrorCode,
    failure: FailureClass,
    details: ErrorDetails,
    more: Partial<Pick<StsFailure, 'unreachable' | 'namedCause' | 'endpoint'>> = {},
  ) {
    super(code, details);
    this.failure = failure;
    this.unreachable = more.unreachable ?? false;
    this.namedCause = more.namedCause;
    this.endpoint = more.endpoint;
  }
}
