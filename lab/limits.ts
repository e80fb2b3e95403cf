import { StsError } from './sts-error.ts';

export type Parameters = Readonly<Record<string, string>>;

/** Length and pattern of parameters (STS API Reference, the request parameters of each operation). */
const CONSTRAINTS: Readonly<Record<string, { min: number; max: number; pattern?: RegExp }>> = {
  RoleArn: { min: 20, max: 2048 },
  RoleSessionName: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ },
  ExternalId: { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ },
  SourceIdentity: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ },
  Name: { min: 2, max: 32, pattern: /^[\w+=,.@-]*$/ },
  Policy: { min: 1, max: 2048 },
  WebIdentityToken: { min: 4, max: 20_000 },
  SAMLAssertion: { min: 4, max: 100_000 },
  PrincipalArn: { min: 20, max: 2048 },
  SerialNumber: { min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ },
  TokenCode: { min: 6, max: 6, pattern: /^\d*$/ },
};

function invalid(message: string): StsError {
  return new StsError('ValidationError', message);
}

/** The text of AWS for a value that breaks a rule of its parameter. */
function invalidValue(value: string, name: string, rule: string): StsError {
  return invalid(
    `1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: Member must ${rule}`,
  );
}

/** @throws StsError `ValidationError` for a parameter with a wrong length or pattern */
export function checkParameters(parameters: Parameters): void {
  for (const [name, { min, max, pattern }] of Object.entries(CONSTRAINTS)) {
    const value = parameters[name];
    if (value === undefined) continue;
    const fail = (rule: string) =>
      invalidValue(`'${value}'`, `${name[0]?.toLowerCase()}${name.slice(1)}`, rule);
    if (value.length < min) throw fail(`have length greater than or equal to ${min}`);
    if (value.length > max) throw fail(`have length less than or equal to ${max}`);
    if (pattern?.test(value) === false) throw fail(`satisfy regular expression pattern: ${pattern.source}`);
  }
}

/** @throws StsError `ValidationError` if the parameter is missing */
export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw invalidValue('null', name, 'not be null');
  return value;
}

/**
 * The requested duration in seconds.
 *
 * @throws StsError `ValidationError` if it is not between 900 and `max`
 */
export function durationOf(parameters: Parameters, max: number, fallback = 3600): number {
  const text = parameters.DurationSeconds;
  if (text === undefined) return fallback;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 900 || seconds > max) {
    throw invalidValue(`'${text}'`, 'durationSeconds', `have value between 900 and ${max}`);
  }
  return seconds;
}

/** The values of a list parameter: `NAME.member.1.FIELD` and so on, or `NAME.member.1` without `field`. */
export function members(parameters: Parameters, name: string, field = ''): string[] {
  const found: string[] = [];
  for (let index = 1; ; index++) {
    const value = parameters[`${name}.member.${index}${field && `.${field}`}`];
    if (value === undefined) return found;
    found.push(value);
  }
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/**
 * The session tags (STS API Reference, AssumeRole, Tags).
 *
 * @throws StsError `ValidationError` for too many, duplicate, reserved or malformed tags
 */
export function tagsOf(parameters: Parameters): Tag[] {
  const values = members(parameters, 'Tags', 'Value');
  const tags = members(parameters, 'Tags', 'Key').map((key, index) => ({ key, value: values[index] ?? '' }));
  if (tags.length > 50) {
    throw invalid("'tags' failed to satisfy constraint: Member must have length less than or equal to 50");
  }
  const seen = new Set<string>();
  for (const { key, value } of tags) {
    const lower = key.toLowerCase();
    const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value);
    if (key === '' || key.length > 128 || value.length > 256 || !allowed) {
      throw invalid(
        `1 validation error detected: Value at 'tags' failed to satisfy constraint: the tag ${key}`,
      );
    }
    if (lower.startsWith('aws:')) throw invalid(`Tag keys beginning with aws: are reserved: ${key}`);
    if (seen.has(lower)) {
      throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
    }
    seen.add(lower);
  }
  return tags;
}

/** An approximation: STS packs policies and tags in an undocumented binary format. */
const BYTES_THAT_FIT = 1000;

/**
 * The percentage of the packed size limit that policies and tags use; undefined without them.
 *
 * @throws StsError `PackedPolicyTooLarge` above 100 percent, `ValidationError` for policy ARNs that are not valid
 */
export function packedSize(parameters: Parameters, tags: readonly Tag[]): number | undefined {
  const arns = members(parameters, 'PolicyArns', 'arn');
  if (arns.length > 10) {
    throw invalid(
      "'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    );
  }
  const short = arns.find((arn) => arn.length < 20);
  if (short !== undefined) {
    throw invalidValue(`'${short}'`, 'policyArns', 'have length greater than or equal to 20');
  }
  const bytes =
    (parameters.Policy?.length ?? 0) / 2.2 +
    arns.join('').length / 2 +
    tags.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  if (bytes === 0) return undefined;
  const percent = Math.ceil((bytes / BYTES_THAT_FIT) * 100);
  if (percent > 100) {
    throw new StsError(
      'PackedPolicyTooLarge',
      `Packed size of session tags consumes ${percent}% of allotted space.`,
    );
  }
  return percent;
}
