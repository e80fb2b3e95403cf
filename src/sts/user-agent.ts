import os from 'node:os';
import packageInfo from '@aws-sdk/client-sts/package.json' with { type: 'json' };
import type { Environment } from '../platform/environment.ts';

const FACTS = [
  ['action', 'GITHUB_ACTION', /^[\w-]{1,128}$/],
  ['run_id', 'GITHUB_RUN_ID', /^\d{1,20}$/],
  ['attempt', 'GITHUB_RUN_ATTEMPT', /^\d{1,10}$/],
] as const;

/**
 * The header `User-Agent`, in the form of the AWS SDKs. It identifies the job in CloudTrail. Leaves out facts that do not
 * have their form.
 */
export function userAgentOfJob(env: Environment): string {
  const { version } = packageInfo;
  const facts = FACTS.flatMap(([label, variable, form]) => {
    const value = env[variable] ?? '';
    return form.test(value) ? [`md/${label}#${value}`] : [];
  });
  return [
    `aws-sdk-js/${version}`,
    'ua/2.1',
    `os/${os.platform()}#${escaped(os.release())}`,
    'lang/js',
    `md/nodejs#${process.versions.node}`,
    `api/sts#${version}`,
    'app/assume-aws-roles',
    `exec-env/${escaped(env.AWS_EXECUTION_ENV || 'GitHubActions')}`,
    ...facts,
  ].join(' ');
}

function escaped(value: string): string {
  return value.replaceAll(/[^!$%&'*+\-.^_`|~\w]/g, '-');
}
