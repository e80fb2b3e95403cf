import type { RoleArn } from '../plan/arn.ts';
import { type Partition, partitionOfRegion } from '../plan/partitions.ts';
import { InputReader, type InputText } from './input-reader.ts';
import * as parse from './parsers.ts';
import { defaultSessionName } from './session-name.ts';

/** Everything a run depends on that the user chose, read once. */
export interface Config {
  readonly region: string;
  readonly partition: Partition;
  readonly identity: IdentityConfig;
  /** The role that the identity assumes, then those assumed one from the other. */
  readonly roles: readonly [RoleArn, ...RoleArn[]];
  readonly sessionName: string;
  /** Seconds; undefined leaves it to the default of the operation. */
  readonly durationSeconds: number | undefined;
  readonly externalId: string | undefined;
  readonly inlinePolicy: string | undefined;
  readonly policyArns: readonly string[];
  /** Undefined when any account is welcome. */
  readonly allowedAccountIds: readonly string[] | undefined;
  readonly delivery: DeliveryConfig;
  /** Replaces the region's own STS endpoint. */
  readonly stsEndpoint: URL | undefined;
  readonly dryRun: boolean;
  /** Seconds for the whole action; 0 for no limit. */
  readonly timeoutSeconds: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
}

/** Where the proof comes from that the first session starts with. */
export type IdentityConfig = GitHubOidcIdentityConfig;

export interface GitHubOidcIdentityConfig {
  readonly kind: 'github-oidc';
  readonly audience: string;
}

export interface DeliveryConfig {
  /** Export the credentials to later steps. */
  readonly environment: boolean;
  /** Set the credentials as outputs. */
  readonly outputs: boolean;
  /** Export the region to later steps. */
  readonly region: boolean;
  readonly maskAccountId: boolean;
}

/** AWS's own choice of the STS audience, and what the documentation of both sides tells users to register. */
const DEFAULT_AUDIENCE = 'sts.amazonaws.com';
const DEFAULT_TIMEOUT_SECONDS = 60;
const DEFAULT_MAX_ATTEMPTS = 12;

/** STS API Reference, AssumeRole, DurationSeconds. */
const MIN_SESSION_SECONDS = 900;
const MAX_SESSION_SECONDS = 43_200;

/** What the defaults of some inputs are made from. */
export interface JobFacts {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly runId: string;
}

/**
 * Reads and checks every input.
 *
 * @throws ActionError `INVALID_INPUT` naming all problems of all inputs
 */
export function readConfig(text: InputText, job: JobFacts): Config {
  const inputs = new InputReader(text);

  const region = inputs.required('aws-region', parse.region, {
    expected: 'the AWS region to work in, such as eu-west-1',
    remedy: 'Add aws-region under with:.',
  });
  const firstRole = inputs.required('role-to-assume', parse.roleArn, {
    expected: 'the ARN of the IAM role to assume, such as arn:aws:iam::111111111111:role/deploy',
    remedy: 'Add role-to-assume under with:.',
  });
  const chain = inputs.withDefault('role-chain', parse.roleChain, []);
  const config = {
    identity: {
      kind: 'github-oidc',
      audience: inputs.withDefault('audience', parse.audience, DEFAULT_AUDIENCE),
    },
    sessionName: inputs.withDefault('role-session-name', parse.roleSessionName, defaultSessionName(job)),
    durationSeconds: inputs.optional(
      'role-duration-seconds',
      parse.wholeNumber(MIN_SESSION_SECONDS, MAX_SESSION_SECONDS, 'seconds'),
    ),
    externalId: inputs.optional('role-external-id', parse.externalId),
    inlinePolicy: inputs.optional('inline-session-policy', parse.inlinePolicy),
    policyArns: inputs.withDefault('managed-session-policies', parse.policyArns, []),
    allowedAccountIds: inputs.optional('allowed-account-ids', parse.accountIds),
    delivery: {
      environment: inputs.withDefault('output-env-credentials', parse.boolean, true),
      outputs: inputs.withDefault('output-credentials', parse.boolean, false),
      region: inputs.withDefault('export-region', parse.boolean, true),
      maskAccountId: inputs.withDefault('mask-aws-account-id', parse.boolean, false),
    },
    stsEndpoint: inputs.optional('sts-endpoint', parse.httpUrl),
    dryRun: inputs.withDefault('dry-run', parse.boolean, false),
    timeoutSeconds: inputs.withDefault(
      'action-timeout-s',
      parse.wholeNumber(0, 86_400, 'seconds'),
      DEFAULT_TIMEOUT_SECONDS,
    ),
    maxAttempts: DEFAULT_MAX_ATTEMPTS,
  } as const;

  const partition = region === undefined ? undefined : partitionOfRegion(region);
  for (const [input, role] of [
    ['role-to-assume', firstRole] as const,
    ...chain.map((hop) => ['role-chain', hop] as const),
  ]) {
    if (partition === undefined || role === undefined || role.partition === partition.id) continue;
    inputs.problem({
      input,
      found: role.arn,
      expected: `a role of partition ${partition.id}, which aws-region ${region} belongs to`,
      remedy: `Begin the ARN with arn:${partition.id}:, or choose a region of partition ${role.partition}.`,
    });
  }

  inputs.assertNoProblems();
  if (region === undefined || partition === undefined || firstRole === undefined) {
    throw new TypeError('required inputs are missing though no problem was noted');
  }
  return { region, partition, roles: [firstRole, ...chain], ...config };
}
