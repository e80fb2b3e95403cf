import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { parse } from 'yaml';
import { inputVariables, type StepResult } from '../../lab/job.ts';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { effectsOf, parseCommandFile, readOutput, renderLog } from '../../lab/runner-protocol.ts';
import { defaultInputs, runnerVariables } from '../../lab/runner-variables.ts';
import { WINDOWS } from '../../scripts/wine.ts';
import { assertOnlyOurCommands } from '../support/commands.ts';
import { until } from '../support/refresh.ts';
import { assertNoSecrets, beforeStep } from '../support/secrets.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a program printed, and how it ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  /** The code of the error if the program did not start. */
  readonly stderr: string;
}

interface Question {
  readonly program: string;
  readonly args?: readonly string[];
  /** The first word of the command line, if it is not the path of the program. */
  readonly argv0?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether `args` are passed on as they are, without quotes. */
  readonly verbatim?: boolean;
  /** Ends the program as the runner does after its signals, as soon as this text is in its output. */
  readonly killWhen?: string;
  /** Presses Ctrl+C, as the runner does when the job is canceled, as soon as this text is in its output. */
  readonly cancelWhen?: string;
}

export interface UsesOptions {
  readonly action?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly killWhen?: string;
  readonly cancelWhen?: string;
  /** Whether other steps run at the same time, so that nobody can say whose a secret is. */
  readonly isOneOfMany?: boolean;
}

interface Watched {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly stop?: Pick<Question, 'killWhen' | 'cancelWhen'>;
  readonly isOneOfMany?: boolean;
}

interface Started {
  readonly post: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** The path under which Windows programs find a file of this machine. */
export const windowsPath = (file: string) => `Z:${file.replaceAll('/', '\\')}`;

/** The process that runs jobs: `worker.cjs` on Windows. */
interface Worker {
  ask(question: object): Promise<Ended>;
  stop(): Promise<void>;
}

/** That of all jobs of a test file, one after the other. */
let worker: Promise<Worker> | undefined;

afterAll(async () => (await worker)?.stop());

async function startWorker(): Promise<Worker> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'windows-worker-'));
  const portFile = path.join(folder, 'port');
  const program = windowsPath(path.join(import.meta.dirname, 'worker.cjs'));
  const child = spawn(
    WINDOWS.wine,
    [windowsPath(WINDOWS.node), program, windowsPath(portFile), windowsPath(WINDOWS.koffi)],
    // Node.js for Windows cannot use a pipe of this machine.
    { env: WINDOWS.env, stdio: 'ignore' },
  );
  let port = 0;
  await until(async () => {
    port = Number(await readFile(portFile, 'utf8').catch(() => ''));
    return port > 0;
  }, 30);
  const ask = async (question: object) => {
    const init = { method: 'POST', body: JSON.stringify(question) };
    return (await (await fetch(`http://127.0.0.1:${port}`, init)).json()) as Ended;
  };
  const stop = async () => {
    await ask({ end: true }).catch(() => {});
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  };
  return { ask, stop };
}

/** A job on a Windows runner. All paths that programs get are paths of Windows; the fields are paths of this machine. */
export class WindowsJob {
  environment: Record<string, string>;
  readonly masks = new Set<string>();
  readonly lab: Lab;
  readonly home: string;
  readonly temp: string;
  readonly workspace: string;
  /** The runner's node, and the action with its `dist/`, as Windows programs find them. */
  readonly node: string;
  readonly dist: string;
  readonly #folder: string;
  readonly #worker: Worker;
  readonly #started: Started[] = [];
  #steps = 0;

  private constructor(lab: Lab, folder: string, runner: string, worker: Worker) {
    this.lab = lab;
    this.#folder = folder;
    this.#worker = worker;
    this.home = path.join(runner, 'home');
    this.temp = path.join(runner, '_temp');
    this.workspace = path.join(runner, 'work');
    this.node = windowsPath(path.join(runner, 'node.exe'));
    this.dist = windowsPath(path.join(runner, 'dist'));
    const folders = {
      home: windowsPath(this.home),
      temp: windowsPath(this.temp),
      workspace: windowsPath(this.workspace),
      event: windowsPath(path.join(runner, 'event.json')),
    };
    // A Windows runner has no HOME, and the search path of Windows.
    const { PATH, HOME, ...variables } = runnerVariables(folders, lab, true);
    this.environment = { ...variables, RUNNER_OS: 'Windows' };
  }

  /** @param name the name of the folder in which the runner, the action, and the folders of the job are */
  static async start(lab: Lab, name: string): Promise<WindowsJob> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'windows-'));
    const runner = path.join(folder, name);
    for (const part of ['home', '_temp', 'work']) await mkdir(path.join(runner, part), { recursive: true });
    await writeFile(path.join(runner, 'event.json'), '{}');
    await symlink(WINDOWS.node, path.join(runner, 'node.exe'));
    await symlink(path.join(ROOT, 'dist'), path.join(runner, 'dist'));
    worker ??= startWorker();
    return new WindowsJob(lab, folder, runner, await worker);
  }

  /** Runs a program on Windows with the variables of the job. */
  async run({ env, ...question }: Question): Promise<Ended> {
    const all = { args: [], cwd: windowsPath(this.workspace), ...question };
    return this.#worker.ask({ ...all, env: { ...this.environment, ...env } });
  }

  /** Runs a script of Node.js on Windows. */
  script(code: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return this.run({ program: this.node, args: ['-e', code], env });
  }

  /** Runs the built action; checks that no secret shows and no text becomes a command. */
  async uses(
    inputs: Readonly<Record<string, string>>,
    { action = '.', env, isOneOfMany = false, ...stop }: UsesOptions = {},
  ): Promise<StepResult> {
    const metadata = parse(await readFile(path.join(ROOT, action, 'action.yml'), 'utf8'));
    const declared = metadata.inputs ?? {};
    const endpoint = 'sts-endpoint' in declared ? { 'sts-endpoint': this.lab.sts.url } : {};
    const all = { ...defaultInputs(declared), ...endpoint, ...inputs };
    const variables = { ...inputVariables(all), ...env };
    const step = await this.#step(this.#program(action, metadata.runs.main), variables, {
      inputs,
      stop,
      isOneOfMany,
    });
    const state = Object.entries(step.state).map(([name, value]) => [`STATE_${name}`, value]);
    const { post } = metadata.runs;
    this.#started.push({
      post: post && this.#program(action, post),
      env: { ...inputVariables(all), ...Object.fromEntries(state) },
    });
    return step;
  }

  /** Runs the post steps in reverse order. */
  async finish(stop: Pick<Question, 'killWhen' | 'cancelWhen'> = {}): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const { post, env } of this.#started.splice(0).reverse()) {
      if (post !== undefined) results.push(await this.#step(post, env, { stop }));
    }
    return results;
  }

  /** The names of all files in a folder and the folders below it. */
  async files(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  /** Moves the cached session into the past, by a part of its duration. */
  async expire(part: number): Promise<void> {
    const ours = path.join(this.temp, 'assume-aws-roles');
    const names = await readdir(ours, { recursive: true });
    const [name = ''] = names.filter((file) => /session-[\w-]+\.json$/.test(file));
    const entry = JSON.parse(await readFile(path.join(ours, name), 'utf8'));
    entry.cached.obtainedAt -= part * entry.cached.durationMs;
    await writeFile(path.join(ours, name), JSON.stringify(entry));
  }

  /** Ends the process that runs the job, as the crash of a runner does. */
  async end(): Promise<void> {
    worker = undefined;
    await this.#worker.stop();
  }

  async dispose(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #program(action: string, relative: string): string {
    const { dir, base } = path.parse(path.join(action, relative));
    return `${this.dist}\\${path.basename(dir)}\\${base}`;
  }

  async #step(
    program: string,
    env: Readonly<Record<string, string>>,
    { inputs, stop, isOneOfMany = false }: Watched,
  ): Promise<StepResult> {
    const before = beforeStep(this.lab, this.environment, this.masks);
    const prefix = path.join(this.temp, `step-${++this.#steps}-`);
    const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];
    for (const name of names) await writeFile(prefix + name, '');
    const files = Object.fromEntries(names.map((name) => [name, windowsPath(prefix + name)]));
    const started = performance.now();
    const { exitCode, signal, stdout, stderr } = await this.run({
      program: this.node,
      args: [program],
      env: { ...files, ...env },
      ...stop,
    });
    const milliseconds = performance.now() - started;
    const read = (name: string) => readFile(prefix + name, 'utf8');
    const commands = readOutput(stdout + stderr).flatMap(({ command }) => command ?? []);
    const effects = effectsOf(commands, false);
    const environment = parseCommandFile(await read('GITHUB_ENV'));
    this.environment = { ...this.environment, ...environment };
    const step: StepResult = {
      exitCode,
      signal: signal as NodeJS.Signals | null,
      stdout,
      stderr,
      log: renderLog(stdout + stderr, this.masks),
      commands,
      outputs: { ...effects.outputs, ...parseCommandFile(await read('GITHUB_OUTPUT')) },
      environment,
      state: { ...effects.state, ...parseCommandFile(await read('GITHUB_STATE')) },
      summary: await read('GITHUB_STEP_SUMMARY'),
      milliseconds,
    };
    if (!isOneOfMany) assertNoSecrets(step, this.lab, before, inputs);
    assertOnlyOurCommands(step);
    return step;
  }
}

/** A lab and a job on Windows for one test. */
export async function withWindowsJob(
  test: (job: WindowsJob) => Promise<void>,
  name = 'a',
  options: LabOptions = {},
): Promise<void> {
  const lab = await startLab(options);
  const job = await WindowsJob.start(lab, name);
  try {
    await test(job);
  } finally {
    await job.dispose();
    await lab.close();
  }
}
