import { StsError } from './sts-error.ts';

export type Parameters = Readonly<Record<string, string>>;

/** STS API Reference, request parameters of each operation: length and pattern. */
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

export function checkParameters(parameters: Parameters): void {
  for (const [name, { min, max, pattern }] of Object.entries(CONSTRAINTS)) {
    const value = parameters[name];
    if (value === undefined) continue;
    const where = `1 validation error detected: Value '${value}' at '${name[0]?.toLowerCase()}${name.slice(1)}' failed to satisfy constraint: Member must`;
    if (value.length < min)
      throw new StsError('ValidationError', `${where} have length greater than or equal to ${min}`);
    if (value.length > max)
      throw new StsError('ValidationError', `${where} have length less than or equal to ${max}`);
    if (pattern !== undefined && !pattern.test(value)) {
      throw new StsError('ValidationError', `${where} satisfy regular expression pattern: ${pattern.source}`);
    }
  }
}

export function required(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') {
    throw new StsError(
      'ValidationError',
      `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** The session's length in seconds. */
export function durationOf(parameters: Parameters, max: number, fallback = 3600): number {
  const text = parameters.DurationSeconds;
  if (text === undefined) return fallback;
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 900 || seconds > max) {
    throw new StsError(
      'ValidationError',
      `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and ${max}`,
    );
  }
  return seconds;
}

/** A list parameter such as `PolicyArns.member.1.arn`; without `field` the members themselves. */
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

/** STS API Reference, AssumeRole, Tags. */
export function tagsOf(parameters: Parameters): Tag[] {
  const values = members(parameters, 'Tags', 'Value');
  const tags = members(parameters, 'Tags', 'Key').map((key, index) => ({ key, value: values[index] ?? '' }));
  if (tags.length > 50)
    throw new StsError(
      'ValidationError',
      `'tags' failed to satisfy constraint: Member must have length less than or equal to 50`,
    );
  const seen = new Set<string>();
  for (const { key, value } of tags) {
    const lower = key.toLowerCase();
    if (
      key.length < 1 ||
      key.length > 128 ||
      value.length > 256 ||
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)
    ) {
      throw new StsError(
        'ValidationError',
        `1 validation error detected: Value at 'tags' failed to satisfy constraint: the tag ${key}`,
      );
    }
    if (lower.startsWith('aws:'))
      throw new StsError('ValidationError', `Tag keys beginning with aws: are reserved: ${key}`);
    if (seen.has(lower))
      throw new StsError(
        'ValidationError',
        `Duplicate tag keys found. Please note that Tag keys are case insensitive.`,
      );
    seen.add(lower);
  }
  return tags;
}

/** STS packs policies and tags in a format of its own; a hundred percent is what fits. This is near enough. */
const BYTES_THAT_FIT = 1000;

/** Percent of the room that policies and tags take; undefined where there are none. */
export function packedSize(parameters: Parameters, tags: readonly Tag[]): number | undefined {
  const arns = members(parameters, 'PolicyArns', 'arn');
  if (arns.length > 10)
    throw new StsError(
      'ValidationError',
      `'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10`,
    );
  const short = arns.find((arn) => arn.length < 20);
  if (short !== undefined)
    throw new StsError(
      'ValidationError',
      `1 validation error detected: Value '${short}' at 'policyArns' failed to satisfy constraint: Member must have length greater than or equal to 20`,
    );
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
