import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { JOB_TOKEN } from '../../lab/issuer.ts';
import { ACTION_NODE } from '../../lab/job.ts';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { tokenVariables } from '../../lab/runner-variables.ts';
import { installGoTool, PYTHON_BIN, root } from '../../scripts/tools.ts';
import { ACTION } from '../support/documentation.ts';
import { CALLS, callsIn } from './calls.ts';

/** What of the repository an action is made of. */
const ACTION_FILES = ['action.yml', 'dist', 'exec', 'matrix', 'logout', '.github'];

export interface WorkflowOptions {
  /** The event and its payload. The default is a push. */
  readonly event?: { readonly name: string; readonly payload: object };
  readonly lab?: LabOptions;
  /** Prepares the lab before the workflow runs. */
  readonly prepare?: (lab: Lab) => void;
  /** Files of the repository, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Variables of the job. */
  readonly env?: Readonly<Record<string, string>>;
  /** Programs that stand in for those that a step calls; each is a script of `sh`. */
  readonly programs?: Readonly<Record<string, string>>;
}

export interface WorkflowResult {
  readonly exitCode: number | null;
  readonly log: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly lab: Lab;
  /** What the stand-ins of `calls.ts` noted: who called, as whom and in which region. */
  readonly calls: readonly string[];
}

/**
 * Runs a workflow by `act` on this machine itself, in a repository of its own: its steps are real processes, later ones
 * get the real AWS CLI and boto3, and `__OWNER__/assume-aws-roles` is the built action of this tree, as is `./` of it.
 */
export async function runWorkflow(workflow: string, options: WorkflowOptions = {}): Promise<WorkflowResult> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'act-'));
  const [home, repository, action, bin] = ['home', 'repository', 'action', 'bin'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string, string];
  const lab = await startLab(options.lab);
  options.prepare?.(lab);
  try {
    for (const made of [home, repository, action, bin]) await mkdir(made);
    for (const name of ACTION_FILES) {
      await cp(path.join(root, name), path.join(action, name), { recursive: true });
      if (name !== '.github')
        await cp(path.join(root, name), path.join(repository, name), { recursive: true });
    }
    const files = { ...options.files, '.github/workflows/test.yml': workflow };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(repository, name)), { recursive: true });
      await writeFile(path.join(repository, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
    for (const [name, text] of Object.entries(options.programs ?? {})) {
      await writeFile(path.join(bin, name), `#!/bin/sh\n${text}\n`);
      await chmod(path.join(bin, name), 0o755);
    }
    const env = {
      PATH: [bin, path.dirname(ACTION_NODE), PYTHON_BIN, process.env.PATH].join(path.delimiter),
      HOME: home,
      REAL_AWS: path.join(PYTHON_BIN, 'aws'),
      [CALLS]: path.join(folder, 'calls'),
    };
    const git = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
    await run('git', ['init', '-q', '-b', 'main', '.'], repository, env);
    await run('git', ['add', '-A'], repository, env);
    await run('git', [...git, 'commit', '-q', '-m', 'test'], repository, env);

    const variables = {
      ...tokenVariables(lab),
      STS_ENDPOINT: lab.sts.url,
      AWS_ENDPOINT_URL_STS: lab.sts.url,
      AWS_ENDPOINT_URL_ORGANIZATIONS: lab.organizations.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      GITHUB_REPOSITORY: 'octo-org/octo-app',
      GITHUB_API_URL: lab.oidc.apiUrl,
    };
    const { event = { name: 'push', payload: {} } } = options;
    await writeFile(path.join(folder, 'event.json'), JSON.stringify(event.payload));
    const reusable = await readFile(path.join(root, '.github/workflows/for-each-account.yml'), 'utf8');
    const flags = (flag: string, values: Readonly<Record<string, string>>) =>
      Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
    const { exitCode, log } = await run(
      installGoTool('act'),
      [
        event.name,
        ...['--eventpath', path.join(folder, 'event.json')],
        ...['-W', '.github/workflows/test.yml', '-P', 'ubuntu-latest=-self-hosted', '--no-cache-server'],
        ...refsOfAction(workflow, reusable).flatMap((ref) => [
          '--local-repository',
          `${ACTION}@${ref}=${action}`,
        ]),
        ...flags('--env', { ...variables, ...options.env }),
        ...flags('--var', options.vars ?? {}),
        ...flags('--secret', { GITHUB_TOKEN: JOB_TOKEN, ...options.secrets }),
      ],
      repository,
      env,
    );
    const calls = await callsIn(env[CALLS], lab);
    return { exitCode, log, counts: lab.traffic.counts(), lab, calls };
  } finally {
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** By what tags and commits these texts name this action: all of them are the tree at hand here. */
function refsOfAction(...texts: readonly string[]): readonly string[] {
  const uses = new RegExp(`${ACTION}[\\w/.-]*@([\\w.]+)`, 'g');
  return [...new Set(texts.flatMap((text) => [...text.matchAll(uses)].map(([, ref = '']) => ref)))];
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number | null; log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    child.stdout.on('data', (chunk) => (log += chunk));
    child.stderr.on('data', (chunk) => (log += chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (program === 'git' && exitCode !== 0) reject(new Error(log));
      else resolve({ exitCode, log });
    });
  });
}
