import type { Partition } from '../aws/partitions.ts';
import type { Environment } from '../platform/environment.ts';
import type { IdentityConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import * as parse from './parsers.ts';

/** What users and AWS's documentation register as a rule, in every partition. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';

const AUTH = parse.oneOf('auto', 'github-oidc', 'web-identity-file', 'static', 'ambient', 'saml');
type Auth = Exclude<IdentityConfig['kind'], 'auto'>;

/**
 * Chooses and reads the identity. With `auth: auto` the first of these that fits: a SAML assertion, a token file,
 * keys, then, for a role, the job's OIDC token; else what the environment has.
 *
 * @returns undefined when problems were noted
 */
export function readIdentity(
  inputs: InputReader,
  env: Environment,
  partition: Partition | undefined,
): IdentityConfig | undefined {
  const auth = inputs.withDefault('auth', AUTH, 'auto');
  const chaining = inputs.withDefault('role-chaining', parse.boolean, false);
  const skipOidc = inputs.withDefault('force-skip-oidc', parse.boolean, false);
  const ignoreVariables = inputs.withDefault('unset-current-credentials', parse.boolean, false);
  const mayAsk = (env.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '') !== '';
  const withRole =
    inputs.given('role-to-assume') || inputs.given('profiles') || inputs.given('profiles-file');
  const wantsOidc = withRole && !chaining && !skipOidc;

  const choose = (): Auth => {
    if (auth !== 'auto') return auth;
    if (inputs.given('saml-assertion')) return 'saml';
    if (inputs.given('web-identity-token-file') && withRole) return 'web-identity-file';
    if (inputs.given('aws-access-key-id') || inputs.given('aws-secret-access-key')) return 'static';
    return wantsOidc && mayAsk ? 'github-oidc' : 'ambient';
  };

  const kind = choose();
  switch (kind) {
    case 'github-oidc':
      return readGitHubOidc(inputs, partition);
    case 'web-identity-file': {
      const path = inputs.required('web-identity-token-file', parse.filePath, {
        expected: 'the path of the token file, which auth: web-identity-file needs',
        remedy: 'Add web-identity-token-file, absolute or relative to the workspace.',
      });
      return path === undefined ? undefined : { kind, path };
    }
    case 'static':
      return readStaticKeys(inputs);
    case 'saml':
      return readSaml(inputs);
    case 'ambient':
      return { kind, insteadOfOidc: auth === 'auto' && wantsOidc, ignoreVariables };
  }
}

/** The job's own OIDC token. */
export function readGitHubOidc(inputs: InputReader, partition: Partition | undefined): IdentityConfig {
  const audience = inputs.optional('audience', parse.audience);
  const ofPartition = `sts.${partition?.dnsSuffix}`;
  return {
    kind: 'github-oidc',
    audience: audience ?? DEFAULT_AUDIENCE,
    otherAudience: audience === undefined && ofPartition !== DEFAULT_AUDIENCE ? ofPartition : undefined,
  };
}

/** How the ids of keys begin that are of no use without a session token (IAM User Guide, "IAM identifiers"). */
const TEMPORARY_KEY = /^ASIA/;

function readStaticKeys(inputs: InputReader): IdentityConfig | undefined {
  const both = { expected: 'aws-access-key-id and aws-secret-access-key together' };
  const accessKeyId = inputs.required('aws-access-key-id', parse.accessKeyId, {
    ...both,
    remedy:
      'Add aws-access-key-id; if it comes from a secret, check that the secret exists and has a value here.',
  });
  const secretAccessKey = inputs.required('aws-secret-access-key', parse.secretAccessKey, {
    ...both,
    remedy:
      'Add aws-secret-access-key; if it comes from a secret, check that the secret exists and has a value here.',
  });
  const sessionToken = inputs.optional('aws-session-token', parse.sessionToken);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  if (TEMPORARY_KEY.test(accessKeyId) && !inputs.given('aws-session-token')) {
    inputs.problem({
      input: 'aws-session-token',
      found: 'nothing, beside an aws-access-key-id that begins with ASIA',
      expected: 'the session token that belongs to a temporary access key',
      remedy: 'Add aws-session-token.',
    });
  }
  return {
    kind: 'static',
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration: undefined },
  };
}

function readSaml(inputs: InputReader): IdentityConfig | undefined {
  const assertion = inputs.required('saml-assertion', parse.samlAssertion, {
    expected: 'the SAML response in base64, which auth: saml needs',
    remedy: 'Add saml-assertion.',
  });
  const providerArn = inputs.required('saml-provider-arn', parse.samlProviderArn, {
    expected: 'the ARN of the SAML provider in IAM that the assertion is for',
    remedy: 'Add saml-provider-arn.',
  });
  if (assertion === undefined || providerArn === undefined) return undefined;
  return { kind: 'saml', assertion, providerArn };
}
