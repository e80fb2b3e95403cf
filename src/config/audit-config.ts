import type { Environment } from '../platform/environment.ts';
import type { AuditVariables } from './audit-parsers.ts';
import { InputReader, type InputText } from './input-reader.ts';

/** The configuration of the `audit` action. */
export interface AuditConfig {
  /** Paths, folders and patterns relative to the workspace. */
  readonly workflows: readonly string[];
  readonly policies: readonly string[];
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly repositoryId: string | undefined;
  readonly ownerId: string | undefined;
  readonly serverUrl: string;
  /** Undefined to ask GitHub's API. */
  readonly subjectFormat: 'name' | 'immutable' | 'both' | undefined;
  readonly subjectClaims: readonly string[] | undefined;
  readonly defaultBranch: string | undefined;
  readonly variables: AuditVariables;
  readonly failOn: 'none' | 'denied' | 'risk' | 'unknown';
  readonly baselineFile: string | undefined;
  readonly sarifFile: string | undefined;
  readonly jobSummary: boolean;
  readonly live: boolean;
  readonly region: string;
  readonly gitHubToken: string;
}

/** Where IAM's requests are signed in the partition `aws`. */
const REGION_OF_IAM = 'us-east-1';

/**
 * Reads the inputs of the `audit` action. Facts about the repository are those of the job, unless the inputs name another
 * repository.
 *
 * @throws ActionError `INVALID_INPUT` with all problems of all inputs
 */
export function readAuditConfig(text: InputText, env: Environment): AuditConfig {
  const inputs = new InputReader(text);
  const own = env.GITHUB_REPOSITORY ?? '';
  const repository = inputs.get('repository') ?? own;
  const isOwn = repository === own;
  const serverUrl = env.GITHUB_SERVER_URL || 'https://github.com';
  if (repository === '' && !inputs.isInvalid('repository'))
    inputs.problem({
      input: 'repository',
      found: 'nothing',
      expected: 'a repository as OWNER/NAME',
      remedy: 'Set repository.',
    });
  if (!URL.canParse(serverUrl))
    inputs.problem({
      input: 'GITHUB_SERVER_URL',
      isVariable: true,
      found: serverUrl,
      expected: 'a URL',
      remedy: 'Set it to the URL of the server, such as https://github.com.',
    });
  if (inputs.get('policies').length === 0 && !inputs.get('live'))
    inputs.problem({
      input: 'policies',
      found: 'neither policies nor live',
      expected: 'files with trust policies, or live: true',
      remedy: 'Set policies to the files or folders with the trust policies.',
    });
  const config: AuditConfig = {
    workflows: inputs.get('workflows'),
    policies: inputs.get('policies'),
    repository,
    repositoryId: inputs.get('repository-id') ?? (isOwn ? env.GITHUB_REPOSITORY_ID || undefined : undefined),
    ownerId: inputs.get('owner-id') ?? (isOwn ? env.GITHUB_REPOSITORY_OWNER_ID || undefined : undefined),
    serverUrl,
    subjectFormat: inputs.get('subject-format'),
    subjectClaims: inputs.get('subject-claims'),
    defaultBranch: inputs.get('default-branch'),
    variables: inputs.get('variables') ?? {},
    failOn: inputs.get('fail-on'),
    baselineFile: inputs.get('baseline-file'),
    sarifFile: inputs.get('sarif-file'),
    jobSummary: inputs.get('job-summary'),
    live: inputs.get('live'),
    region: inputs.get('aws-region') ?? REGION_OF_IAM,
    gitHubToken: inputs.get('github-token'),
  };
  inputs.assertNoProblems();
  return config;
}
