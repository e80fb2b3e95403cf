import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import type { Lab } from './lab.ts';
import {
  effectsOf,
  parseCommandFile,
  readOutput,
  renderLog,
  type WorkflowCommand,
} from './runner-protocol.ts';
import { defaultInputs, runnerVariables } from './runner-variables.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The Node that runs actions: major version 24, as on a runner, from the development dependencies. */
export const ACTION_NODE =
  [path.join(ROOT, 'node_modules/node/bin/node'), path.join(ROOT, 'node_modules/node/bin/node.exe')].find(
    (file) => existsSync(file),
  ) ?? process.execPath;

export interface JobOptions {
  readonly lab?: Lab;
  /** Variables of the job. From this process it inherits only the search path. */
  readonly env?: Readonly<Record<string, string>>;
  /** The payload of the event. */
  readonly event?: unknown;
  /** Whether the job has `id-token: write`. The default is true. */
  readonly idToken?: boolean;
  /** What is started for a step, where the steps do not run on this machine itself. */
  readonly launch?: Launch;
  /** The folder in which the job makes its own; by default that for temporary files. */
  readonly parent?: string;
}

/** A program with its arguments, and all of its environment. */
export interface Command {
  readonly words: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

type Launch = (command: Command) => Command;

export interface StepResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The log as the job page shows it. */
  readonly log: string;
  readonly commands: readonly WorkflowCommand[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables that the step exports to later steps. */
  readonly environment: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly milliseconds: number;
}

export interface StepOptions {
  /** Variables of this step only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `sts-endpoint` defaults to the lab's STS. The default is true. */
  readonly labEndpoint?: boolean;
  /** Cancels the step: sends a signal, then SIGKILL, as a runner does. */
  readonly cancel?: Cancellation;
}

export interface Cancellation {
  readonly signal: NodeJS.Signals;
  /** Whether the moment has come. It is checked every few milliseconds. */
  readonly when: (step: RunningStep) => boolean;
}

export interface RunningStep {
  /** The output so far. */
  readonly stdout: string;
  /** Milliseconds since the start of the step. */
  readonly milliseconds: number;
}

const CHECK_MS = 5;

/** Milliseconds between the signal and SIGKILL. A runner waits 10 s in total. */
const KILL_AFTER_MS = 3_000;

interface Metadata {
  inputs?: Record<string, { default?: string }>;
  runs: { main: string; post?: string };
}

interface Started {
  readonly folder: string;
  readonly metadata: Metadata;
  readonly inputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

const metadataByFolder = new Map<string, Promise<Metadata>>();

/** The `action.yml` of a folder, read once. */
function metadataOf(folder: string): Promise<Metadata> {
  const known = metadataByFolder.get(folder);
  if (known !== undefined) return known;
  const metadata = readFile(path.join(folder, 'action.yml'), 'utf8').then((text) => parse(text) as Metadata);
  metadataByFolder.set(folder, metadata);
  return metadata;
}

/** A job on a runner: steps that pass variables on, then the post steps in reverse order. */
export class Job {
  /** Variables of the next step. */
  environment: Record<string, string>;
  readonly masks = new Set<string>();
  /** The value of `RUNNER_TEMP`. */
  readonly temp: string;
  readonly home: string;
  readonly workspace: string;
  readonly #lab: Lab | undefined;
  readonly #launch: Launch;
  readonly #folder: string;
  readonly #started: Started[] = [];
  #steps = 0;

  private constructor(folder: string, options: JobOptions) {
    this.#folder = folder;
    this.#lab = options.lab;
    this.#launch = options.launch ?? ((command) => command);
    this.temp = path.join(folder, '_temp');
    this.home = path.join(folder, 'home');
    this.workspace = path.join(folder, 'work');
    const { temp, home, workspace } = this;
    const folders = { temp, home, workspace, event: path.join(folder, 'event.json') };
    const variables = runnerVariables(folders, options.lab, options.idToken ?? true);
    this.environment = { ...variables, ...options.env };
  }

  static async start(options: JobOptions = {}): Promise<Job> {
    const { parent = os.tmpdir() } = options;
    const job = new Job(await mkdtemp(path.join(parent, 'lab-job-')), options);
    for (const folder of [job.temp, job.home, job.workspace]) await mkdir(folder, { recursive: true });
    await writeFile(path.join(job.#folder, 'event.json'), JSON.stringify(options.event ?? {}));
    return job;
  }

  /**
   * Runs an action's main step.
   *
   * @param action the folder of the `action.yml`, relative to the repository
   */
  async uses(
    action: string,
    inputs: Readonly<Record<string, string>> = {},
    options: StepOptions = {},
  ): Promise<StepResult> {
    const folder = path.join(ROOT, action);
    const metadata = await metadataOf(folder);
    const declared = metadata.inputs ?? {};
    const { labEndpoint = true } = options;
    const endpoint =
      labEndpoint && 'sts-endpoint' in declared && this.#lab !== undefined
        ? { 'sts-endpoint': this.#lab.sts.url }
        : {};
    const all = { ...defaultInputs(declared), ...endpoint, ...inputs };
    const command = [ACTION_NODE, path.join(folder, metadata.runs.main)] as const;
    const env = { ...inputVariables(all), ...options.env };
    const result = await this.#step(command, env, options.cancel);
    this.#started.push({ folder, metadata, inputs: all, state: result.state });
    return result;
  }

  /** Runs a command as a later `run:` step would. */
  async run(
    command: string,
    args: readonly string[] = [],
    options: Omit<StepOptions, 'labEndpoint'> = {},
  ): Promise<StepResult> {
    const endpoint = this.#lab === undefined ? {} : { AWS_ENDPOINT_URL_STS: this.#lab.sts.url };
    return this.#step([command, ...args], { ...endpoint, ...options.env });
  }

  /** Runs the post steps in reverse order. */
  async finish(options: StepOptions = {}): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const { folder, metadata, inputs, state } of this.#started.splice(0).reverse()) {
      if (metadata.runs.post === undefined) continue;
      const stateVariables = Object.fromEntries(
        Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]),
      );
      const command = [ACTION_NODE, path.join(folder, metadata.runs.post)] as const;
      results.push(
        await this.#step(
          command,
          { ...inputVariables(inputs), ...stateVariables, ...options.env },
          options.cancel,
        ),
      );
    }
    return results;
  }

  async dispose(): Promise<void> {
    // A broker of a test that failed may still be writing.
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #step(
    words: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    cancel?: Cancellation,
  ): Promise<StepResult> {
    const prefix = path.join(this.temp, `step-${++this.#steps}-`);
    const names = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];
    const files = Object.fromEntries(names.map((name) => [name, prefix + name]));
    for (const file of Object.values(files)) await writeFile(file, '');

    const started = performance.now();
    const launched = this.#launch({ words, env: { ...this.environment, ...files, ...env } });
    const [command, ...args] = launched.words;
    const child = spawn(command, args, {
      env: launched.env,
      cwd: this.workspace,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const timers: NodeJS.Timeout[] = [];
    if (cancel !== undefined) {
      const { signal, when } = cancel;
      let isCancelled = false;
      const check = () => {
        if (isCancelled || !when({ stdout, milliseconds: performance.now() - started })) return;
        isCancelled = true;
        child.kill(signal);
        timers.push(setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS));
      };
      // Output can be the last thing that a short program does: no time to wait for the timer.
      child.stdout.on('data', check);
      timers.push(setInterval(check, CHECK_MS));
    }
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, reason) => resolve([code, reason]));
      },
    );
    for (const timer of timers) clearTimeout(timer);
    const milliseconds = performance.now() - started;

    const read = async (name: string) => readFile(files[name] ?? '', 'utf8');
    const variables = { ...this.environment, ...env };
    const commands = readOutput(stdout + stderr).flatMap(({ command }) => command ?? []);
    const effects = effectsOf(commands, variables.ACTIONS_ALLOW_UNSECURE_COMMANDS === 'true');
    const environment = { ...effects.environment, ...parseCommandFile(await read('GITHUB_ENV')) };
    this.environment = { ...this.environment, ...environment };
    return {
      exitCode,
      signal,
      stdout,
      stderr,
      log: renderLog(
        stdout + stderr,
        this.masks,
        (env.RUNNER_DEBUG ?? this.environment.RUNNER_DEBUG) === '1',
      ),
      commands,
      outputs: { ...effects.outputs, ...parseCommandFile(await read('GITHUB_OUTPUT')) },
      environment,
      state: { ...effects.state, ...parseCommandFile(await read('GITHUB_STATE')) },
      summary: await read('GITHUB_STEP_SUMMARY'),
      milliseconds,
    };
  }
}

/** The variables through which a runner passes inputs to an action. */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]),
  );
}
