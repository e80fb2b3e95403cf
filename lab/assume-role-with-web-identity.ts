import { createLocalJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { type Parameters, packedSize, required } from './limits.ts';
import { allows } from './policy.ts';
import { contextOf, findRole, roleDuration, roleSession } from './role-session.ts';
import { StsError } from './sts-error.ts';
import { partitionOf, type Result, type StsState } from './sts-state.ts';

/** The claims of GitHub's tokens that STS evaluates (IAM User Guide, "Keys available for AWS OIDC federation"). */
const CONDITION_KEYS = new Set([
  ...['amr', 'aud', 'azp', 'email', 'oaud', 'sub'],
  ...['actor', 'actor_id', 'enterprise_id', 'environment', 'job_workflow_ref', 'ref', 'repository'],
  ...['repository_id', 'workflow'],
]);

export async function assumeRoleWithWebIdentity(state: StsState, parameters: Parameters): Promise<Result> {
  const token = required(parameters, 'WebIdentityToken');
  const name = required(parameters, 'RoleSessionName');
  const { accountId, account, role } = findRole(state.world, required(parameters, 'RoleArn'));
  const claims = await verifiedClaims(state, token);
  const provider = account?.oidcProviders.find(({ url }) => `https://${url}` === claims.iss);
  if (provider === undefined) throw noProvider(claims);
  if (!provider.audiences.includes(String(claims.aud))) {
    throw new StsError('InvalidIdentityToken', 'Incorrect token audience');
  }
  const keys = Object.entries(claims)
    .filter(([claim]) => CONDITION_KEYS.has(claim))
    .map(([claim, value]): [string, unknown] => [`${provider.url}:${claim}`, value]);
  const providerArn = `arn:${partitionOf(state)}:iam::${accountId}:oidc-provider/${provider.url}`;
  const question = {
    action: 'sts:AssumeRoleWithWebIdentity',
    principals: { type: 'Federated', ids: [providerArn] },
    context: contextOf([...keys, ['sts:RoleSessionName', name]]),
  } as const;
  if (role === undefined || !allows(role.trustPolicy, question)) {
    throw new StsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  const seconds = roleDuration(parameters, role);
  const packed = packedSize(parameters, []);
  return {
    ...roleSession(state, { accountId, role, name, seconds, parameters }),
    ...(packed !== undefined && { PackedPolicySize: packed }),
    SubjectFromWebIdentityToken: claims.sub,
    Provider: providerArn,
    Audience: claims.aud,
  };
}

async function verifiedClaims({ issuer, now }: StsState, token: string): Promise<JWTPayload> {
  try {
    const options = { issuer: issuer.issuer, currentDate: new Date(now()), algorithms: ['RS256'] };
    return (await jwtVerify(token, createLocalJWKSet(issuer.jwks), options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new StsError(
        'ExpiredTokenException',
        'Token expired: current date/time must be before the expiration date/time',
      );
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss') {
      throw noProvider(error.payload);
    }
    throw new StsError(
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
}

function noProvider({ iss }: JWTPayload): StsError {
  return new StsError('InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${iss}`);
}
