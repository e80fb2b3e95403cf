import { type BareRole, parseBareRole, parseRoleArn, type RoleArn } from '../aws/arn.ts';
import type { SessionDuration } from '../aws/durations.ts';
import { DEFAULT_DURATION } from '../aws/durations.ts';
import {
  AUDIENCE,
  EXTERNAL_ID,
  FEDERATION_NAME,
  MAX_INLINE_POLICY_CHARACTERS,
  MAX_MANAGED_POLICIES,
  MAX_ROLE_SECONDS,
  MAX_USER_SECONDS,
  MFA_CODE,
  MFA_SERIAL,
  MIN_SESSION_SECONDS,
  SAML_ASSERTION,
  SESSION_NAME,
  SOURCE_IDENTITY,
} from '../aws/limits.ts';
import { isKnownRegion, nearestRegion, regionMeantBy } from '../aws/regions.ts';
import { parseProxyUrl } from '../platform/http/proxy-settings.ts';
import { parseJson } from '../platform/json.ts';

/** What a parser makes of one input's text: a value, or what the text should have been. */
export type Parsed<T> = { readonly value: T } | Rejection;

export interface Rejection {
  readonly expected: string;
  readonly remedy: string;
  /** The part of the text at fault, when it is not the whole. */
  readonly found?: string;
}

/** Reads one input's text; never called with an empty one, which means "not given". */
export type Parser<T> = (text: string) => Parsed<T>;

const reject = (expected: string, remedy: string, found?: string): Rejection =>
  found === undefined ? { expected, remedy } : { expected, remedy, found };

/** A parser for text that one pattern describes. */
const matching =
  (pattern: RegExp, expected: string, remedy: string): Parser<string> =>
  (text) =>
    pattern.test(text) ? { value: text } : reject(expected, remedy);

/** YAML's core schema, as `@actions/core` reads booleans. */
export const boolean: Parser<boolean> = (text) => {
  if (/^(true|True|TRUE)$/.test(text)) return { value: true };
  if (/^(false|False|FALSE)$/.test(text)) return { value: false };
  return reject('true or false', 'Write true or false.');
};

/** A decimal whole number from `min` to `max`, with nothing around it: `2h` and `1e3` are refused. */
export const wholeNumber =
  (min: number, max: number, unit: string): Parser<number> =>
  (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max
      ? { value }
      : reject(`a whole number of ${unit} from ${min} to ${max}`, `Write digits only, such as ${min}.`);
  };

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** A region that is known, or that could be: one that is younger than this version is for its endpoint to confirm. */
export const region: Parser<string> = (text) => {
  const meant = REGION.test(text) ? regionMeantBy(text) : nearestRegion(text);
  if (isKnownRegion(text) || (REGION.test(text) && meant === undefined)) return { value: text };
  return reject(
    'the code of one AWS region, such as eu-west-1',
    meant === undefined ? 'Use a region code from the AWS Regions page.' : `Write ${meant} if that is meant.`,
  );
};

/** A role by its ARN, or by its name alone where the account is known. */
export const role: Parser<RoleArn | BareRole> = (text) => {
  const value = parseRoleArn(text) ?? parseBareRole(text);
  if (value !== undefined) return { value };
  return reject(
    'the ARN of an IAM role: arn:PARTITION:iam::12-DIGIT-ACCOUNT:role/NAME, such as arn:aws:iam::111111111111:role/deploy',
    'Copy the ARN from the role’s page in the IAM console, or from `aws iam get-role`.',
  );
};

export const roleSessionName = matching(
  SESSION_NAME.pattern,
  '2 to 64 letters, digits or any of _+=,.@-',
  'Replace other characters, slashes and spaces for instance, by a hyphen.',
);

export const externalId = matching(
  EXTERNAL_ID.pattern,
  '2 to 1224 letters, digits or any of _+=,.@:/-',
  'Use the external id that the role’s trust policy names.',
);

/** The audience that the identity provider in IAM lists as a client ID. */
export const audience = matching(
  AUDIENCE.pattern,
  'one audience of 1 to 255 printable characters without spaces',
  'Use a client ID of the identity provider in IAM, sts.amazonaws.com as a rule.',
);

export const accountIds: Parser<readonly string[]> = (text) => {
  const ids = text.split(/[\s,]+/).filter((id) => id !== '');
  const wrong = ids.find((id) => !/^\d{12}$/.test(id));
  if (ids.length > 0 && wrong === undefined) return { value: ids };
  return reject(
    'account ids of 12 digits, separated by commas or on lines of their own',
    'Quote ids in YAML, so that a leading zero is kept.',
    wrong,
  );
};

/** An inline session policy; sent without the white space of its layout, which counts towards the limit. */
export const inlinePolicy: Parser<string> = (text) => {
  const expected = `a JSON policy document (an object with Statement) of at most ${MAX_INLINE_POLICY_CHARACTERS} characters`;
  const document = parseJson(text);
  if (typeof document !== 'object' || document === null || !('Statement' in document)) {
    return reject(expected, 'Check the policy with `aws accessanalyzer validate-policy` or the IAM console.');
  }
  const value = JSON.stringify(document);
  if (value.length <= MAX_INLINE_POLICY_CHARACTERS) return { value };
  return reject(
    expected,
    'Shorten the policy, or make it a managed policy and name that in managed-session-policies.',
    `${value.length} characters without white space`,
  );
};

/** STS API Reference, AssumeRole, PolicyArns: each of 20 to 2048 characters. */
const POLICY_ARN = /^arn:[a-z-]+:iam::(\d{12}|aws):policy\/[!-~]{1,2000}$/;

export const policyArns: Parser<readonly string[]> = (text) => {
  const arns = lines(text);
  const expected = `at most ${MAX_MANAGED_POLICIES} ARNs of managed policies, one a line, such as arn:aws:iam::aws:policy/ReadOnlyAccess`;
  const wrong = arns.find((arn) => !POLICY_ARN.test(arn));
  if (wrong !== undefined)
    return reject(expected, 'Copy the ARN from the policy’s page in the IAM console.', wrong);
  if (arns.length > MAX_MANAGED_POLICIES)
    return reject(expected, 'Merge policies.', `${arns.length} policies`);
  return { value: arns };
};

export const roleChain: Parser<readonly (RoleArn | BareRole)[]> = (text) => {
  const chain: (RoleArn | BareRole)[] = [];
  for (const line of lines(text)) {
    const parsed = role(line);
    if (!('value' in parsed)) return { ...parsed, found: line };
    chain.push(parsed.value);
  }
  return { value: chain };
};

const MIN_CUT_SECONDS = 60;

/** A duration in seconds, or `max`; 0 is the default, as it always was with the peer. */
export const duration: Parser<SessionDuration> = (text) => {
  if (text === '0') return { value: DEFAULT_DURATION };
  if (text === 'max') return { value: { kind: 'longest', limitSeconds: MAX_USER_SECONDS } };
  const parsed = wholeNumber(MIN_CUT_SECONDS, MAX_USER_SECONDS, 'seconds')(text);
  if ('value' in parsed) {
    const seconds = parsed.value;
    return { value: { kind: seconds < MIN_SESSION_SECONDS ? 'cut' : 'seconds', seconds } };
  }
  return reject(
    `a whole number of seconds from ${MIN_CUT_SECONDS} to ${MAX_ROLE_SECONDS}, or max`,
    'Write digits only, such as 3600.',
  );
};

/** One of a few words. */
export const oneOf =
  <const W extends string>(...words: readonly W[]): Parser<W> =>
  (text) => {
    const value = words.find((word) => word === text);
    return value === undefined ? reject(words.join(', '), 'Write one of these words.') : { value };
  };

/** A parser for text that errors never show. */
const secretMatching =
  (pattern: RegExp, expected: string, remedy: string): Parser<string> =>
  (text) =>
    pattern.test(text) ? { value: text } : reject(expected, remedy, `${text.length} characters (not shown)`);

/**
 * AWS's own have 16 characters and more (STS API Reference, "Credentials"). Emulators and stores that speak its API are
 * content with `test`; what cannot stand in the header of a signature is none of either.
 */
export const accessKeyId = secretMatching(
  /^[\w.@+-]{1,128}$/,
  'a key ID of letters and digits, such as AKIAIOSFODNN7EXAMPLE',
  'Check that the secret holds the key id alone, without quotes or a name before it.',
);

export const secretAccessKey = secretMatching(
  // Printable, without quotes.
  /^[!#-&(-_a-~]{1,128}$/,
  '40 characters without spaces and quotes, as a rule',
  'Check that the secret holds the secret access key alone, without quotes or line breaks.',
);

export const sessionToken = secretMatching(
  /^[!-~]+$/,
  'a session token without spaces',
  'Check that the secret holds the session token alone, without line breaks.',
);

export const samlAssertion: Parser<string> = (text) =>
  secretMatching(
    SAML_ASSERTION.pattern,
    'the SAML response in base64, of at most 100000 characters',
    'Pass the SAMLResponse that the identity provider posted, as it stands.',
  )(text.replaceAll(/\s/g, ''));

export const samlProviderArn = matching(
  /^arn:[a-z-]+:iam::\d{12}:saml-provider\/[\w.-]{1,128}$/,
  'the ARN of a SAML provider, such as arn:aws:iam::111111111111:saml-provider/corp',
  'Copy the ARN from the identity provider’s page in the IAM console.',
);

export const mfaSerial = matching(
  MFA_SERIAL.pattern,
  'the ARN of a virtual MFA device, or the serial number of a hardware device',
  'Copy it from the user’s security credentials in the IAM console.',
);

export const mfaCode = secretMatching(
  MFA_CODE.pattern,
  'the 6 digits that the device shows',
  'Pass a code that was not used yet.',
);

export const totpSecret: Parser<string> = (text) =>
  secretMatching(
    /^[A-Z2-7]{16,256}=*$/,
    'the secret of a virtual MFA device in base32',
    'Use the string that IAM shows under "Show secret key" when the device is made.',
  )(text.replaceAll(/\s/g, '').toUpperCase());

export const sourceIdentity = matching(
  SOURCE_IDENTITY.pattern,
  '2 to 64 letters, digits or any of _+=,.@-',
  'Replace other characters by a hyphen.',
);

export const federationName = matching(
  FEDERATION_NAME.pattern,
  '2 to 32 letters, digits or any of _+=,.@-',
  'Shorten the name, and replace other characters by a hyphen.',
);

export const tagKeys: Parser<readonly string[]> = (text) => ({ value: lines(text) });

/** Region codes on lines of their own or separated by commas; `none` is an empty list. */
export const regions: Parser<readonly string[]> = (text) => {
  if (text === 'none') return { value: [] };
  const codes = text.split(/[\s,]+/).filter((code) => code !== '');
  const wrong = codes.find((code) => !('value' in region(code)));
  if (wrong === undefined && codes.length > 0) return { value: codes };
  const rejected = region(wrong ?? '');
  const remedy = 'remedy' in rejected ? rejected.remedy : '';
  return reject('region codes, one a line, or none', remedy, wrong);
};

/** One of names that are known. */
export const knownAs =
  (what: string, names: readonly string[]): Parser<string> =>
  (text) =>
    names.includes(text)
      ? { value: text }
      : reject(`the name of ${what}: ${names.join(', ')}`, 'Correct the name, or add what it is for.');

/** Values of one kind, separated by white space or commas. */
export const listOf = <T>(parser: Parser<T>) => separatedBy(/[\s,]+/, parser);

/** Values of one kind, one a line. */
export const linesOf = <T>(parser: Parser<T>) => separatedBy('\n', parser);

const separatedBy =
  <T>(separator: RegExp | string, parser: Parser<T>): Parser<readonly T[]> =>
  (text) => {
    const values: T[] = [];
    const parts = text.split(separator).map((piece) => piece.trim());
    for (const part of parts.filter((piece) => piece !== '')) {
      const parsed = parser(part);
      if (!('value' in parsed)) return { ...parsed, found: part };
      values.push(parsed.value);
    }
    return { value: values };
  };

/** A path that a file system and a log line can hold. */
export const filePath = matching(/^[^\p{Cc}]+$/u, 'a path', 'Write the path on one line.');

/** The name of a profile, as section headers and `--profile` can hold it. */
export const profileName = matching(
  /^[^\s\p{Cc}[\]/\\#;='"]{1,128}$/u,
  'a name without spaces, brackets, slashes, quotes, #, ; and =',
  'Use letters, digits and hyphens.',
);

export const httpUrl: Parser<URL> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url === undefined || (url.username === '' && url.password === '');
  if (url !== undefined && /^https?:$/.test(url.protocol) && plain) return { value: url };
  return reject(
    'an http or https URL without user name and password',
    'Write scheme and host, such as https://sts.eu-west-1.amazonaws.com.',
    // What stands before an @ is a password, whether the rest is a URL or not.
    plain && /^[\w.:/-]+$/.test(text)
      ? text
      : `${text.length} characters (not shown, as they may hold a password)`,
  );
};

export const proxyUrl: Parser<URL> = (text) => {
  const value = parseProxyUrl(text);
  if (value !== undefined) return { value };
  return reject(
    'the URL of an http or https proxy, such as http://proxy.internal:3128',
    'Write scheme, host and port; percent-encode special characters of user name and password.',
    `${text.length} characters (not shown, as they may hold a password)`,
  );
};

/** The lines of a multi-line input that hold anything, without the white space around them. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
