import { type Parameters, required } from './limits.ts';
import { allows } from './policy.ts';
import { contextOf, findRole, roleDuration, roleSession } from './role-session.ts';
import { readAssertion } from './saml.ts';
import { StsError } from './sts-error.ts';
import type { Result, StsState } from './sts-state.ts';

export function assumeRoleWithSaml(state: StsState, parameters: Parameters): Result {
  const principalArn = required(parameters, 'PrincipalArn');
  const { accountId, account, role } = findRole(state.world, required(parameters, 'RoleArn'));
  const provider = account?.samlProviders?.find(({ name }) =>
    principalArn.endsWith(`::${accountId}:saml-provider/${name}`),
  );
  if (provider === undefined) throw new StsError('InvalidIdentityToken', "Specified provider doesn't exist");
  const assertion = readAssertion(required(parameters, 'SAMLAssertion'), provider.publicKey);
  if (assertion === undefined) throw new StsError('InvalidIdentityToken', 'Response signature invalid');
  if (assertion.notOnOrAfter <= state.now()) {
    throw new StsError('ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance');
  }
  const question = {
    action: 'sts:AssumeRoleWithSAML',
    principals: { type: 'Federated', ids: [principalArn] },
    context: contextOf([
      ['SAML:aud', assertion.audience],
      ['SAML:sub', assertion.subject],
    ]),
  } as const;
  const listed = assertion.roles.includes(`${parameters.RoleArn},${principalArn}`);
  if (role === undefined || !listed || !allows(role.trustPolicy, question)) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML');
  }
  const { sessionName: name, subject, audience } = assertion;
  const seconds = roleDuration(parameters, role);
  return {
    ...roleSession(state, { accountId, role, name, seconds, parameters }),
    Subject: subject,
    Audience: audience,
  };
}
