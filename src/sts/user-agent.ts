import os from 'node:os';
import packageInfo from '@aws-sdk/client-sts/package.json' with { type: 'json' };
import type { Environment } from '../platform/environment.ts';

/** Pairs of name and value, as the AWS SDKs write them into the `User-Agent` header. */
export type UserAgent = readonly (readonly [name: string, value: string])[];

const FACTS = [
  ['action', 'GITHUB_ACTION', /^[\w-]{1,128}$/],
  ['run_id', 'GITHUB_RUN_ID', /^\d{1,20}$/],
  ['attempt', 'GITHUB_RUN_ATTEMPT', /^\d{1,10}$/],
] as const;

/** Identifies the job in CloudTrail. Leaves out facts that do not have their form. */
export function userAgentOfJob(env: Environment): UserAgent {
  // The SDK sends the variable itself.
  const place = env.AWS_EXECUTION_ENV ? [] : [['exec-env', 'GitHubActions'] as const];
  const facts = FACTS.flatMap(([label, variable, form]) => {
    const value = env[variable] ?? '';
    return form.test(value) ? [['md', `${label}#${value}`] as const] : [];
  });
  return [...place, ...facts];
}

/** The `User-Agent` header in the form that the SDK gives it, whose protocol and signer the action uses. */
export function userAgentHeader(userAgent: UserAgent): string {
  const { version } = packageInfo;
  const parts: UserAgent = [
    ['aws-sdk-js', version],
    ['ua', '2.1'],
    [`os/${os.platform()}`, os.release()],
    ['lang', 'js'],
    ['md/nodejs', process.versions.node],
    ['api/sts', version],
    ...(process.env.AWS_EXECUTION_ENV ? [['exec-env', process.env.AWS_EXECUTION_ENV] as const] : []),
    ['app', 'assume-aws-roles'],
    ...userAgent,
  ];
  return parts.map(([name, value]) => name + (name.includes('/') ? '#' : '/') + escaped(value)).join(' ');
}

/** A `#` separates the two halves of a value. */
function escaped(value: string): string {
  return value.replaceAll(/[^!$%&'*+\-.^_`|~\w#]/g, '-');
}
