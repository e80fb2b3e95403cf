import type { Assumption, Facts, JobRun, WorkflowAudit } from '../../../src/audit/model/types.ts';
import { readWorkflows } from '../../../src/audit/read-workflows.ts';

/** Files by their path; one text alone is a workflow. */
export type Files = string | Readonly<Record<string, string>>;

export const MAIN = '.github/workflows/main.yml';
const WORKFLOWS = /^\.github\/workflows\/[^/]+\.ya?ml$/;

const FACTS: Facts = { repository: 'octo/app', defaultBranch: 'main' };

/** Reads the files of a repository called octo/app. Workflows of other repositories have their reference as path, with an @. */
export function read(files: Files, facts: Partial<Facts> = {}): WorkflowAudit {
  const all = typeof files === 'string' ? { [MAIN]: files } : files;
  return readWorkflows(
    {
      workflows: Object.entries(all)
        .filter(([path]) => WORKFLOWS.test(path))
        .map(([path, text]) => ({ path, text })),
      read: (path) => all[path],
      readRemote: (reference) => all[reference],
    },
    { ...FACTS, ...facts },
  );
}

/** `deploy push refs/heads/main` */
function runName({ job, event, fork, ref }: JobRun): string {
  return `${job} ${event}${fork ? ' (fork)' : ''} ${ref.shown}`;
}

function roleOf({ role, audience }: Assumption): string {
  return audience.shown === 'sts.amazonaws.com' ? role.shown : `${role.shown} for ${audience.shown}`;
}

/** One line for each run: event and ref, context of the subject, access to a token, roles. */
export function rows(files: Files, facts: Partial<Facts> = {}): string[] {
  return read(files, facts).runs.map((run) => {
    const subject = run.claims.subject.name.shown.replace(/^repo:octo\/app:/, '');
    const parts = [runName(run), subject, run.token.state, ...run.assumptions.map(roleOf)];
    return [...parts, ...run.hypotheses.map((variable) => `if ${variable}`)].join(' | ');
  });
}

/** The steps of a job that assumes a role, in the flow style of YAML. */
export const assume = (role = 'R', more = '') =>
  `[{uses: aws-actions/configure-aws-credentials@v6, with: {role-to-assume: '${role}', aws-region: eu-west-1${more}}}]`;

/** A workflow with one job that may ask for a token and assumes the role R. */
export const workflow = (on: string, job = '') =>
  `on: ${on}\npermissions: {id-token: write}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n${job}    steps: ${assume()}\n`;
