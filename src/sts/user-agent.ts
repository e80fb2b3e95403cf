import type { Environment } from '../platform/environment.ts';

/** Pairs of a name and what it says, as the AWS SDKs write them into the `User-Agent` header. */
export type UserAgent = readonly (readonly [name: string, value: string])[];

/** Facts of the job, by their labels, and what each looks like. */
const FACTS = [
  ['action', 'GITHUB_ACTION', /^[\w-]{1,128}$/],
  ['run_id', 'GITHUB_RUN_ID', /^\d{1,20}$/],
  ['attempt', 'GITHUB_RUN_ATTEMPT', /^\d{1,10}$/],
] as const;

/** Which job asks, so that CloudTrail tells it of each request. A fact of another form is left out. */
export function userAgentOfJob(env: Environment): UserAgent {
  // The SDK says by itself what the variable has.
  const place = env.AWS_EXECUTION_ENV ? [] : [['exec-env', 'GitHubActions'] as const];
  const facts = FACTS.flatMap(([label, variable, form]) => {
    const value = env[variable] ?? '';
    return form.test(value) ? [['md', `${label}#${value}`] as const] : [];
  });
  return [...place, ...facts];
}
