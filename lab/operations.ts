import { assumeRole } from './assume-role.ts';
import { assumeRoleWithSaml } from './assume-role-with-saml.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import type { Caller } from './credentials.ts';
import { checkParameters, type Parameters } from './limits.ts';
import { StsError } from './sts-error.ts';
import type { Result, StsState } from './sts-state.ts';
import { getFederationToken, getSessionToken } from './user-sessions.ts';

/**
 * Runs one operation of STS.
 *
 * @param caller undefined for a request without a signature
 * @throws StsError if STS would reject the request
 */
export async function perform(
  state: StsState,
  action: string,
  parameters: Parameters,
  caller: Caller | undefined,
): Promise<Result> {
  checkParameters(parameters);
  switch (action) {
    case 'AssumeRoleWithWebIdentity':
      return assumeRoleWithWebIdentity(state, parameters);
    case 'AssumeRoleWithSAML':
      return assumeRoleWithSaml(state, parameters);
    case 'AssumeRole':
      return assumeRole(state, parameters, signed(caller));
    case 'GetSessionToken':
      return getSessionToken(state, parameters, signed(caller));
    case 'GetFederationToken':
      return getFederationToken(state, parameters, signed(caller));
    case 'GetCallerIdentity': {
      const { arn, accountId, userId } = signed(caller);
      return { Arn: arn, Account: accountId, UserId: userId };
    }
    default:
      throw new StsError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }
}

function signed(caller: Caller | undefined): Caller {
  if (caller !== undefined) return caller;
  throw new StsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
}
