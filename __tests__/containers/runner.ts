import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { ACTION_NODE, type Command } from '../../lab/job.ts';
import { AWS, WHOAMI } from '../clients/clients.ts';
import { type TestJob, withJob } from '../support/harness.ts';
import { Container, type ContainerOptions, type Mount } from './container.ts';

/**
 * How the runner starts steps in containers (actions/runner 2.336, `ContainerOperationProvider`, `ContainerActionHandler`
 * and `ContainerStepHost`): which folders it mounts where, and that it translates a variable if its value begins with the
 * path of a mounted folder on the machine.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The address of the servers that are on the internet elsewhere. */
const INTERNET = '198.51.100.1';

const JOB_HOME = '/github/home';

/** A job, and containers beside its steps. */
export interface Runner extends TestJob {
  /** The servers of the lab, as the job and its containers reach them. */
  readonly endpoints: { readonly 'sts-endpoint': string };
  /** The container of the job's steps; undefined for steps on the machine itself. */
  readonly jobContainer: Container | undefined;
  /** Runs clients in a `docker://` step, or in the step of a container action: the runner starts it. */
  dockerStep(): Promise<Answers>;
  /** Runs clients in a container that a step starts by itself. */
  dockerRun(options: DockerRun): Promise<Answers>;
  /** Runs clients in a `run` step. */
  runStep(): Promise<Answers>;
}

export interface DockerRun extends ContainerOptions {
  /** The variables of the job that `-e NAME` passes on. */
  readonly pass?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: number;
}

/** The ARN of the caller, by client, or what the client says instead. */
export interface Answers {
  readonly aws: string;
  readonly go: string;
}

/** A job of the runner, on the machine itself or in a container. */
export async function withRunner(
  place: 'machine' | 'container',
  test: (runner: Runner) => Promise<void>,
): Promise<void> {
  let container: Container | undefined;
  let paths: readonly Mount[] = [];
  const inJob = (command: Command): Command =>
    container === undefined
      ? command
      : container.command(translated(command, paths), { folder: '/__w/work' });
  await withJob({ launch: inJob }, async (context) => {
    const { job, lab } = context;
    const servers = [lab.oidc.requestUrl, lab.sts.url].map((url) => Number(new URL(url).port));
    const relays = await Promise.all([...new Set(servers)].map(relay));
    const onInternet = (text: string) => text.replace('127.0.0.1', INTERNET);
    for (const [name, value] of Object.entries(job.environment)) job.environment[name] = onInternet(value);
    const jobHome = path.join(job.temp, '_github_home');
    mkdirSync(jobHome);
    // The container's user is root, and the runner's user on the machine is not.
    if (place === 'container') execFileSync('chown', ['-R', '1001:1001', path.dirname(job.temp)]);
    paths = [
      { source: jobHome, target: JOB_HOME },
      { source: path.dirname(job.temp), target: '/__w' },
      { source: path.dirname(ACTION_NODE), target: '/__e/node24/bin' },
      { source: path.join(ROOT, 'dist'), target: '/__w/_actions/octo-org/assume-aws-roles/v1/dist' },
    ];
    if (place === 'container') container = await Container.start({ mounts: paths });
    const stsEndpoint = onInternet(lab.sts.url);
    const ask = async (launch: (command: Command) => Command, env: Readonly<Record<string, string>>) => {
      const variables = { ...env, AWS_ENDPOINT_URL_STS: stsEndpoint };
      const [aws, go] = await Promise.all([
        answerOf(launch({ words: [AWS, 'sts', 'get-caller-identity', '--output', 'json'], env: variables })),
        answerOf(launch({ words: WHOAMI.go, env: variables })),
      ]);
      return { aws, go };
    };
    const inContainer = async (
      options: ContainerOptions,
      env: Readonly<Record<string, string>>,
      user = 0,
    ): Promise<Answers> => {
      const started = await Container.start(options);
      try {
        return await ask((command) => started.command(command, { user }), env);
      } finally {
        await started.stop();
      }
    };
    try {
      await test({
        ...context,
        endpoints: { 'sts-endpoint': stsEndpoint },
        jobContainer: container,
        runStep: () => ask(inJob, job.environment),
        dockerStep() {
          const mounts = [
            { source: job.temp, target: '/github/runner_temp' },
            { source: jobHome, target: JOB_HOME },
            { source: job.workspace, target: '/github/workspace' },
          ];
          const env = translated({ words: [''], env: job.environment }, mounts.toReversed()).env;
          return inContainer({ mounts }, withoutPlaces(env, JOB_HOME));
        },
        dockerRun({ pass = [], env = {}, user, ...options }) {
          const passed = pass.flatMap((name) => {
            const value = job.environment[name];
            return value === undefined ? [] : [[name, value] as const];
          });
          return inContainer(options, { HOME: '/root', ...Object.fromEntries(passed), ...env }, user);
        },
      });
    } finally {
      for (const close of relays) close();
      await container?.stop();
    }
  });
}

/** Words and values of variables that begin with the path of a mounted folder name the folder in the container. */
function translated({ words, env }: Command, paths: readonly Mount[]): Command {
  const translate = (text: string) => {
    const found = paths.find(({ source }) => text === source || text.startsWith(`${source}/`));
    return found === undefined ? text : found.target + text.slice(found.source.length);
  };
  const [program, ...args] = words;
  return {
    words: [translate(program), ...args.map(translate)],
    env: withoutPlaces(
      Object.fromEntries(Object.entries(env).map(([name, value]) => [name, translate(value)])),
      JOB_HOME,
    ),
  };
}

/** The image has its own search path. */
const withoutPlaces = (
  { PATH: _, USERPROFILE: _profile, ...env }: Readonly<Record<string, string>>,
  HOME: string,
) => ({
  ...env,
  HOME,
});

/** The caller's ARN as a client prints it, or what it says instead. */
function answerOf({ words: [program, ...args], env }: Command): Promise<string> {
  return new Promise((resolve) =>
    execFile(program, args, { env: { ...env } }, (error, stdout, stderr) =>
      resolve(error === null ? String(JSON.parse(stdout).Arn) : stderr + stdout),
    ),
  );
}

/** Serves a port of this process at the address that containers reach, until the function that it returns is called. */
function relay(port: number): Promise<() => void> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    client.pipe(target).pipe(client);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        target.destroy();
      });
    }
  });
  const close = () => {
    server.close();
    // A container that was stopped closes no connection.
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, INTERNET, () => resolve(close));
  });
}
