import { FEDERATION_NAME, SESSION_NAME } from '../aws/limits.ts';
import type { MfaDevice } from '../aws/session.ts';
import type { Environment } from '../platform/environment.ts';
import type { Job } from '../platform/runner/job.ts';
import type { SessionConfig } from './config.ts';
import type { InputReader } from './input-reader.ts';
import { keysWithoutTag, sessionTags } from './tags.ts';

export function readSession(inputs: InputReader, job: JobFacts, env: Environment): SessionConfig {
  const name = inputs.get('role-session-name') ?? defaultSessionName(job);
  const operation = inputs.get('operation');
  const withoutTags = inputs.get('role-skip-session-tagging');
  const tags = withoutTags ? [] : sessionTags(inputs.get('custom-tags'), env);
  const transitiveTagKeys = withoutTags ? [] : inputs.get('transitive-tag-keys');
  const absentTagKeys = new Set(keysWithoutTag(transitiveTagKeys, tags).ofJob);
  return {
    operation: operation === 'auto' ? 'get-caller-identity' : operation,
    name,
    federationName: inputs.get('federation-name') ?? name.slice(0, FEDERATION_NAME.max),
    duration: inputs.get('role-duration-seconds'),
    externalId: inputs.get('role-external-id'),
    sourceIdentity: inputs.get('source-identity'),
    inlinePolicy: inputs.get('inline-session-policy'),
    policyArns: inputs.get('managed-session-policies'),
    tags,
    transitiveTagKeys: transitiveTagKeys.filter((key) => !absentTagKeys.has(key)),
    absentTagKeys: [...absentTagKeys],
    tagsOidcSession: inputs.get('tag-oidc-session'),
    mfaSerial: inputs.get('mfa-serial'),
    mfaCode: readMfaCode(inputs),
    plainSecret: inputs.get('special-characters-workaround'),
  };
}

function readMfaCode(inputs: InputReader): MfaDevice['code'] | undefined {
  const code = inputs.get('mfa-code');
  const secret = inputs.get('mfa-totp-secret');
  if (code !== undefined) return { kind: 'code', code };
  return secret === undefined ? undefined : { kind: 'totp', secret };
}

export type JobFacts = Pick<Job, 'repository' | 'runId'> & Partial<Pick<Job, 'runAttempt'>>;

/**
 * The default session name: repository, truncated where necessary, run, and from the second attempt on the attempt, so that
 * CloudTrail leads to the job: `octo-org.octo-app-42`, `octo-org.octo-app-42.2`.
 */
export function defaultSessionName({ repository, runId, runAttempt = '' }: JobFacts): string {
  const valid = (text: string) => text.replaceAll(/[^\w+=,.@-]/g, '-');
  const isRepeated = runId !== '' && /^\d{1,6}$/.test(runAttempt) && Number(runAttempt) > 1;
  const run = valid(runId) + (isRepeated ? `.${runAttempt}` : '');
  const name = valid(repository.replaceAll('/', '.')).slice(
    0,
    Math.max(0, SESSION_NAME.max - run.length - 1),
  );
  const joined = [name, run].filter((part) => part !== '').join('-');
  return joined.length < SESSION_NAME.min ? 'GitHubActions' : joined.slice(0, SESSION_NAME.max);
}
