import { type BareRole, parseBareRole, parseRoleArn, parseStoreRoleArn, type RoleArn } from '../aws/arn.ts';
import { DEFAULT_DURATION, type SessionDuration } from '../aws/durations.ts';
import * as limits from '../aws/limits.ts';
import { isKnownRegion, nearestRegion, regionMeantBy } from '../aws/regions.ts';
import { parseProxyUrl } from '../platform/http/proxy-settings.ts';
import { parseJson } from '../platform/json.ts';
import { integerIn, linesOf, listOf, matching, NONE, type Parser, parsedBy, text } from './text-parsers.ts';

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** A known region, or one that may be newer than this version: its endpoint shows whether it exists. */
export const region: Parser<string> = (code) => {
  const meant = REGION.test(code) ? regionMeantBy(code) : nearestRegion(code);
  if (isKnownRegion(code) || (REGION.test(code) && meant === undefined)) return { value: code };
  return {
    expected: 'the code of an AWS region, such as eu-west-1',
    remedy:
      meant === undefined ? 'Use a code from the list of AWS Regions.' : `Write ${meant} if you mean it.`,
  };
};

/** Region codes separated by white space or commas; `none` is an empty list. */
export const regions: Parser<readonly string[]> = (codes) => {
  const parsed = codes === 'none' ? { value: [] } : listOf(region)(codes);
  return 'value' in parsed ? parsed : { ...parsed, expected: 'codes of AWS regions, one per line, or none' };
};

/** A role by its ARN, or by its name if the account is known from elsewhere. */
export const role: Parser<RoleArn | BareRole> = parsedBy(
  (text) => parseRoleArn(text) ?? parseStoreRoleArn(text) ?? parseBareRole(text),
  'the ARN of an IAM role: arn:PARTITION:iam::12-DIGIT-ACCOUNT:role/NAME, such as arn:aws:iam::111111111111:role/deploy',
  'Copy the ARN from the page of the role in the IAM console or from `aws iam get-role`.',
);

/** In a graph over many accounts, only the ARN shows the account of a role. */
export const fullRoleArn = parsedBy(
  (text) => parseRoleArn(text) ?? parseStoreRoleArn(text),
  'the full ARN of an IAM role, such as arn:aws:iam::111111111111:role/deploy',
  'Copy the ARN from the role’s page in the IAM console.',
);

export const roleChain = linesOf(role);

/** Roles on lines of their own; undefined for `none`, the default in `action.yml`, which an empty expression replaces. */
export const rolesOrNone: Parser<readonly (RoleArn | BareRole)[] | undefined> = (text) =>
  text === NONE ? { value: undefined } : roleChain(text);

/** The name of a role that exists in several accounts, with its path if it has one. */
export const bareRole = parsedBy(
  parseBareRole,
  'the name of a role, with its path if it has one, and no ARN',
  'Write the name that the role has in every account, such as deploy.',
);

/** See {@link rolesOrNone}. */
export const bareRoleOrNone: Parser<BareRole | undefined> = (text) =>
  text === NONE ? { value: undefined } : bareRole(text);

export const roleSessionName = matching(
  limits.SESSION_NAME.pattern,
  '2 to 64 letters, digits or any of _+=,.@-',
  'Replace other characters, such as slashes and spaces, with hyphens.',
);

export const sourceIdentity = matching(
  limits.SOURCE_IDENTITY.pattern,
  '2 to 64 letters, digits or any of _+=,.@-',
  'Replace other characters with hyphens.',
);

export const federationName = matching(
  limits.FEDERATION_NAME.pattern,
  `2 to ${limits.FEDERATION_NAME.max} letters, digits or any of _+=,.@-`,
  'Shorten the name and replace other characters with hyphens.',
);

export const externalId = matching(
  limits.EXTERNAL_ID.pattern,
  '2 to 1224 letters, digits or any of _+=,.@:/-',
  'Use the external ID from the trust policy of the role.',
);

/** STS API Reference, AssumeRole, TagKeys; their characters and number are for the session tags to satisfy. */
export const tagKeys = linesOf(text);

export const audience = matching(
  limits.AUDIENCE.pattern,
  'one audience of 1 to 255 printable characters without spaces',
  'Use a client ID of the identity provider in IAM, usually sts.amazonaws.com.',
);

export const accountIds = listOf(
  matching(
    /^\d{12}$/,
    'account IDs of 12 digits, separated by commas or white space',
    'Quote account IDs in YAML to keep leading zeros.',
  ),
);

/** A session policy, without the white space of its layout, which would count toward the maximum. */
export const inlinePolicy: Parser<string> = (json) => {
  const expected = `a JSON policy document (an object with Statement) of at most ${limits.MAX_INLINE_POLICY_CHARACTERS} characters`;
  const document = parseJson(json);
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    return {
      expected,
      remedy: 'Check the policy with `aws accessanalyzer validate-policy` or in the IAM console.',
    };
  }
  const value = JSON.stringify(document);
  if (value.length <= limits.MAX_INLINE_POLICY_CHARACTERS) return { value };
  return {
    found: `${value.length} characters without white space`,
    expected,
    remedy: 'Shorten the policy, or create a managed policy and add its ARN to managed-session-policies.',
  };
};

const policyArn = matching(
  /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/[!-~]{1,2000}$/,
  `at most ${limits.MAX_MANAGED_POLICIES} ARNs of managed policies, one per line, such as arn:aws:iam::aws:policy/ReadOnlyAccess`,
  'Copy the ARN from the page of the policy in the IAM console.',
);

export const policyArns: Parser<readonly string[]> = (list) => {
  const parsed = linesOf(policyArn)(list);
  if (!('value' in parsed) || parsed.value.length <= limits.MAX_MANAGED_POLICIES) return parsed;
  return {
    found: `${parsed.value.length} policies`,
    expected: `at most ${limits.MAX_MANAGED_POLICIES} ARNs of managed policies`,
    remedy: 'Merge policies.',
  };
};

/** The shortest session that a session policy limits, in seconds. */
export const MIN_CUT_SECONDS = 60;

export const ROLE_DURATION = `a whole number of seconds from ${MIN_CUT_SECONDS} to ${limits.MAX_ROLE_SECONDS}, or max`;

/** Seconds up to a maximum, or `max`. 0 is the default, as in configure-aws-credentials. */
const durationUpTo = (maxSeconds: number) =>
  parsedBy(
    (text): SessionDuration | undefined => {
      if (text === '0') return DEFAULT_DURATION;
      if (text === 'max') return { kind: 'longest', limitSeconds: limits.MAX_USER_SECONDS };
      const seconds = integerIn(text, MIN_CUT_SECONDS, maxSeconds);
      if (seconds === undefined) return undefined;
      return { kind: seconds < limits.MIN_SESSION_SECONDS ? 'cut' : 'seconds', seconds };
    },
    ROLE_DURATION,
    'Write digits only, such as 3600.',
  );

export const duration = durationUpTo(limits.MAX_ROLE_SECONDS);

/** The duration of any session. The keys of an IAM user can have longer ones than a role. */
export const sessionDuration = durationUpTo(limits.MAX_USER_SECONDS);

/**
 * STS API Reference, Credentials: 16 characters or more at AWS. Emulators and stores with an AWS API accept `test`; these
 * are the characters that the header of a signature can hold.
 */
export const accessKeyId = matching(
  /^[\w.@+-]{1,128}$/,
  'an access key ID of letters and digits, such as AKIAIOSFODNN7EXAMPLE',
  'Check that the secret contains only the access key ID, without quotes and without a name before it.',
);

export const secretAccessKey = matching(
  /^[!#-&(-_a-~]{1,128}$/,
  'a secret access key without spaces and quotes, usually of 40 characters',
  'Check that the secret contains only the secret access key, without quotes and line breaks.',
);

export const sessionToken = matching(
  /^[!-~]+$/,
  'a session token without spaces',
  'Check that the secret contains only the session token, without line breaks.',
);

export const samlAssertion: Parser<string> = (base64) =>
  matching(
    limits.SAML_ASSERTION.pattern,
    'a SAML response in base64, of at most 100000 characters',
    'Pass the SAMLResponse of the identity provider without changes.',
  )(base64.replaceAll(/\s/g, ''));

export const samlProviderArn = matching(
  /^arn:[a-z-]+:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/,
  'the ARN of a SAML provider, such as arn:aws:iam::111111111111:saml-provider/corp',
  'Copy the ARN from the page of the identity provider in the IAM console.',
);

export const mfaSerial = matching(
  limits.MFA_SERIAL.pattern,
  'the ARN of a virtual MFA device, or the serial number of a hardware device',
  'Copy it from the security credentials of the user in the IAM console.',
);

export const mfaCode = matching(
  limits.MFA_CODE.pattern,
  'the 6 digits that the device shows',
  'Pass a code that was not used before.',
);

export const totpSecret: Parser<string> = (base32) =>
  matching(
    /^[A-Z2-7]{16,256}=*$/,
    'the secret key of a virtual MFA device in base32',
    'Use the string that IAM shows under "Show secret key" when it creates the device.',
  )(base32.replaceAll(/\s/g, '').toUpperCase());

/** A path that a file system and a log line can represent. */
export const filePath = matching(/^[^\p{Cc}]+$/u, 'a path', 'Write the path on one line.');

/** The name of a profile that section headers and `--profile` can represent. */
export const profileName = matching(
  /^[^\s\p{Cc}[\]/\\#;='"]{1,128}$/u,
  'a name without spaces, brackets, slashes, quotes, #, ; and =',
  'Use letters, digits and hyphens.',
);

export const httpUrl: Parser<URL> = (url) => {
  const value = URL.canParse(url) ? new URL(url) : undefined;
  const withoutUser = value === undefined || (value.username === '' && value.password === '');
  if (value !== undefined && /^https?:/.test(value.protocol) && withoutUser) return { value };
  return {
    // Text before an @ is a password, whether or not the rest is a URL.
    found: withoutUser && /^[\w.:/-]+$/.test(url) ? undefined : maybePassword(url),
    expected: 'an http or https URL without user name and password',
    remedy: 'Write scheme and host, such as https://sts.eu-west-1.amazonaws.com.',
  };
};

export const proxyUrl: Parser<URL> = (url) => {
  const value = parseProxyUrl(url);
  if (value !== undefined) return { value };
  return {
    found: maybePassword(url),
    expected: 'the URL of an http or https proxy, such as http://proxy.internal:3128',
    remedy: 'Write scheme, host and port; percent-encode special characters of user name and password.',
  };
};

const maybePassword = (url: string) =>
  `${url.length} characters (not shown because they may contain a password)`;
