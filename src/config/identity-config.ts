import type { Partition } from '../aws/partitions.ts';
import type { Environment } from '../platform/environment.ts';
import type { IdentityConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import { hasProfiles } from './profiles-source.ts';

/** The client ID that AWS documents for GitHub's OIDC provider, in every partition. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

/**
 * Chooses and reads the identity. `auth: auto` takes the first that the inputs describe: a SAML assertion, a token file,
 * access keys; then, for a role, the job's OIDC token; otherwise the credentials in the environment.
 *
 * @returns undefined when it notes a problem
 */
export function readIdentity(
  inputs: InputReader,
  env: Environment,
  partition: Partition | undefined,
): IdentityConfig | undefined {
  const withRole = inputs.given('role-to-assume') || hasProfiles(inputs);
  const wantsOidc = withRole && !inputs.get('role-chaining') && !inputs.get('force-skip-oidc');
  const mayRequestToken = Boolean(env.ACTIONS_ID_TOKEN_REQUEST_TOKEN);
  const auth = inputs.get('auth');

  const choose = (): IdentityConfig['kind'] => {
    if (auth !== 'auto') return auth;
    if (inputs.given('saml-assertion')) return 'saml';
    if (inputs.given('web-identity-token-file') && withRole) return 'web-identity-file';
    if (inputs.given('aws-access-key-id') || inputs.given('aws-secret-access-key')) return 'static';
    return wantsOidc && mayRequestToken ? 'github-oidc' : 'ambient';
  };
  const kind = choose();
  switch (kind) {
    case 'github-oidc':
      return readGitHubOidc(inputs, partition);
    case 'web-identity-file': {
      const path = inputs.required('web-identity-token-file', {
        expected: 'the path of the token file, which auth: web-identity-file requires',
        remedy: 'Add web-identity-token-file, absolute or relative to the workspace.',
      });
      return path === undefined ? undefined : { kind, path };
    }
    case 'static':
      return readStaticKeys(inputs);
    case 'saml':
      return readSaml(inputs);
    case 'ambient':
      return {
        kind,
        insteadOfOidc: auth === 'auto' && wantsOidc,
        ignoreVariables: inputs.get('unset-current-credentials'),
      };
  }
}

/** The job's own OIDC token. */
export function readGitHubOidc(inputs: InputReader, partition: Partition | undefined): IdentityConfig {
  const audience = inputs.get('audience');
  const ofPartition = `sts.${partition?.dnsSuffix}`;
  return {
    kind: 'github-oidc',
    audience: audience ?? DEFAULT_AUDIENCE,
    otherAudience: audience === undefined && ofPartition !== DEFAULT_AUDIENCE ? ofPartition : undefined,
  };
}

function readStaticKeys(inputs: InputReader): IdentityConfig | undefined {
  const required = (name: 'aws-access-key-id' | 'aws-secret-access-key') =>
    inputs.required(name, {
      expected: 'aws-access-key-id and aws-secret-access-key together',
      remedy: `Add ${name}. If it comes from a secret, check that the secret exists and has a value in this job.`,
    });
  const accessKeyId = required('aws-access-key-id');
  const secretAccessKey = required('aws-secret-access-key');
  const sessionToken = inputs.get('aws-session-token');
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    kind: 'static',
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: undefined },
  };
}

function readSaml(inputs: InputReader): IdentityConfig | undefined {
  const assertion = inputs.required('saml-assertion', {
    expected: 'the SAML response in base64, which auth: saml requires',
    remedy: 'Add saml-assertion.',
  });
  const providerArn = inputs.required('saml-provider-arn', {
    expected: 'the ARN of the SAML provider in IAM for the assertion',
    remedy: 'Add saml-provider-arn.',
  });
  if (assertion === undefined || providerArn === undefined) return undefined;
  return { kind: 'saml', assertion, providerArn };
}
