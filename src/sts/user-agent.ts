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
