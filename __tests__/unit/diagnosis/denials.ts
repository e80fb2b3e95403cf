import type { Denial } from '../../../src/diagnosis/causes/denial.ts';
import type { Claims } from '../../../src/identity/claims.ts';
import type { Caller } from '../../../src/trust/questions.ts';
import { requestOf } from '../sts/requests.ts';

export const ROLE = 'arn:aws:iam::111111111111:role/deploy';
export const HUB = 'arn:aws:iam::111111111111:role/hub';
export const MAIN = 'repo:octo-org/octo-app:ref:refs/heads/main';

/** A session of the hub that signs a request. */
export const CALLER: Caller = { arn: HUB, accountId: '111111111111', kind: 'role', sessionName: 'test' };

/** The claims of a push to main. */
export const PUSH: Claims = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: MAIN,
  repository: 'octo-org/octo-app',
  repository_id: '74',
  repository_owner: 'octo-org',
  repository_owner_id: '9919',
  ref: 'refs/heads/main',
  event_name: 'push',
};

const NONE = { namedCause: undefined, verdict: undefined, subjectClaimKeys: undefined };

/** A denied request with a token. */
export function deniedToken(claims: Claims = {}, more: Partial<Denial> = {}): Denial {
  const request = requestOf('AssumeRoleWithWebIdentity');
  return {
    code: 'STS_ACCESS_DENIED',
    ...NONE,
    request,
    claims: { ...PUSH, ...claims },
    caller: undefined,
    ...more,
  };
}

/** A denied request that the hub signed. */
export function deniedCaller(
  request: Partial<ReturnType<typeof requestOf<'AssumeRole'>>> = {},
  more: Partial<Denial> = {},
): Denial {
  const signed = { ...requestOf('AssumeRole'), ...request };
  return { code: 'STS_ACCESS_DENIED', ...NONE, request: signed, claims: undefined, caller: CALLER, ...more };
}
