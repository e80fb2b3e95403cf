import { JOB_TOKEN } from './issuer.ts';
import type { Lab } from './lab.ts';

/** The folders of a job. */
export interface JobFolders {
  /** The value of `RUNNER_TEMP`. */
  readonly temp: string;
  readonly home: string;
  readonly workspace: string;
  /** The file with the payload of the event. */
  readonly event: string;
}

const RUNNER_OS: Partial<Record<NodeJS.Platform, string>> = { win32: 'Windows', darwin: 'macOS' };

/**
 * The variables that a runner sets for each step of a job (GitHub Docs, "Variables reference").
 *
 * @param idToken whether the job has `id-token: write`
 */
export function runnerVariables(
  { temp, home, workspace, event }: JobFolders,
  lab: Lab | undefined,
  idToken: boolean,
): Record<string, string> {
  const { PATH = '', SystemRoot, LAB_NODE_OPTIONS } = process.env;
  return {
    PATH,
    ...(SystemRoot !== undefined && { SystemRoot }),
    // Not of a runner: programs that tests put before those of the action (`npm run macos`).
    ...(LAB_NODE_OPTIONS !== undefined && { NODE_OPTIONS: LAB_NODE_OPTIONS }),
    HOME: home,
    USERPROFILE: home,
    CI: 'true',
    // Keeps the credentials of the machine out of the job.
    AWS_EC2_METADATA_DISABLED: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__assume',
    GITHUB_ACTOR: 'octocat',
    // Never the real API.
    GITHUB_API_URL: lab?.oidc.apiUrl ?? 'http://127.0.0.1:9',
    GITHUB_EVENT_NAME: lab?.oidc.job.eventName ?? 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_JOB: 'deploy',
    GITHUB_REF: lab?.oidc.job.ref ?? 'refs/heads/main',
    GITHUB_REPOSITORY: lab?.oidc.job.repository ?? 'octo-org/octo-app',
    GITHUB_REPOSITORY_OWNER: 'octo-org',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_WORKFLOW: 'deploy',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_NAME: 'lab',
    RUNNER_OS: RUNNER_OS[process.platform] ?? 'Linux',
    RUNNER_TEMP: temp,
    ...(lab !== undefined && { AWS_ENDPOINT_URL_ORGANIZATIONS: lab.organizations.url }),
    ...(lab !== undefined && idToken && tokenVariables(lab)),
  };
}

/** The variables through which a job with `id-token: write` requests its OIDC token. */
export function tokenVariables({ oidc }: Lab) {
  return { ACTIONS_ID_TOKEN_REQUEST_URL: oidc.requestUrl, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.bearer };
}

/** The defaults of the inputs in an `action.yml`, with the lab's value for `github.token`. */
export function defaultInputs(
  inputs: Readonly<Record<string, { readonly default?: string }>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: value = '' }]) => [
      name,
      value.replace(/\$\{\{ *github\.token *\}\}/, JOB_TOKEN),
    ]),
  );
}
