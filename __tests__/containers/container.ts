import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from '../../lab/job.ts';
import { PYTHON_BIN } from '../../scripts/tools.ts';
import { until } from '../support/refresh.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Mount {
  readonly source: string;
  readonly target: string;
}

export interface ContainerOptions {
  readonly mounts?: readonly Mount[];
  /** `bridge` is a network of its own on the bridge of the machine; a container stands for its network. */
  readonly network?: 'bridge' | 'host' | Container;
}

const PYTHON = execFileSync(path.join(PYTHON_BIN, 'python'), ['-c', 'import sys; print(sys.base_prefix)'], {
  encoding: 'utf8',
}).trim();

/** The image of all containers: a Debian-like system, read-only, with the AWS CLI and a program with the SDK for Go. */
const IMAGE = [
  '/usr',
  ...['passwd', 'group', 'ld.so.cache', 'ssl', 'localtime'].map((name) => `/etc/${name}`),
  path.dirname(PYTHON_BIN),
  ...(PYTHON.startsWith('/usr') ? [] : [PYTHON]),
  path.join(ROOT, '.cache/go/whoami'),
].filter((file) => existsSync(file));

const DEVICES = ['null', 'zero', 'random', 'urandom'].map((name) => `/dev/${name}`);

/** Folders that a system has as links into `/usr`. */
const LINKS = ['bin', 'sbin', 'lib', 'lib64'];

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

let containers = 1;

/** A system with a root folder, processes, and a network of its own, as a container engine makes one. */
export class Container {
  readonly #unshare: ChildProcess;
  readonly #root: string;
  /** The first process of the container. */
  readonly pid: number;

  private constructor(unshare: ChildProcess, root: string, pid: number) {
    this.#unshare = unshare;
    this.#root = root;
    this.pid = pid;
  }

  static async start({ mounts = [], network = 'bridge' }: ContainerOptions = {}): Promise<Container> {
    const root = mkdtempSync(path.join(os.tmpdir(), 'container-'));
    const namespaces = ['--mount', '--pid', '--uts', '--ipc', ...(network === 'bridge' ? ['--net'] : [])];
    const other = network instanceof Container ? ['nsenter', '--target', String(network.pid), '--net'] : [];
    const [program = '', ...words] = [...other, 'unshare', ...namespaces, '--fork', '--kill-child', 'sh'];
    const child = spawn(program, [...words, '-c', bootScript(root, mounts)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [isReady, complaint] = [false, ''];
    child.stdout.on('data', () => (isReady = true));
    child.stderr.on('data', (chunk) => (complaint += chunk));
    await until(() => isReady || child.exitCode !== null);
    if (!isReady) throw new Error(`the container does not start: ${complaint}`);
    const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
    if (network === 'bridge') connect(pid);
    return new Container(child, root, pid);
  }

  /** Starts a command in the container, as `docker exec` does. The container gives it no variables of this process. */
  command({ words, env }: Command, { folder = '/', user = 0 } = {}): Command {
    const inside = ['mount', 'pid', 'net', 'uts', 'ipc'].map((namespace) => `--${namespace}`);
    const identity = ['--setuid', String(user), '--setgid', String(user)];
    const variables = Object.entries({ PATH: '/usr/bin:/bin', ...env }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const enter = ['--target', String(this.pid), ...inside, ...identity];
    // No shell in between: it drops variables with a hyphen, such as those of inputs.
    const start = ['env', '--ignore-environment', `--chdir=${folder}`, ...variables];
    return { words: ['nsenter', ...enter, ...start, ...words], env: { PATH: process.env.PATH ?? '' } };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#unshare.on('close', resolve));
    process.kill(this.pid, 'SIGKILL');
    await ended;
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** What the first process does before it becomes `tail -f /dev/null`, as in the runner's containers. */
function bootScript(root: string, mounts: readonly Mount[]): string {
  const bind = (source: string, target: string, isReadOnly: boolean) => {
    const at = quote(path.join(root, target));
    const isFolder = statSync(source).isDirectory();
    return [
      isFolder ? `mkdir -p ${at}` : `mkdir -p ${quote(path.dirname(path.join(root, target)))}; : >${at}`,
      `mount --bind ${quote(realpathSync(source))} ${at}`,
      ...(isReadOnly ? [`mount -o remount,ro,bind ${at}`] : []),
    ];
  };
  return [
    'set -e',
    'mount --make-rprivate /',
    `mount -t tmpfs container ${quote(root)}`,
    `cd ${quote(root)}`,
    'mkdir -p proc tmp root var/run etc',
    'chmod 1777 tmp',
    ...LINKS.map((link) => `ln -s usr/${link} ${link}`),
    ...IMAGE.flatMap((file) => bind(file, file, true)),
    ...DEVICES.flatMap((file) => bind(file, file, false)),
    ...mounts.flatMap(({ source, target }) => bind(source, target, false)),
    'mount -t proc proc proc',
    'mkdir .machine',
    'pivot_root . .machine',
    'cd /',
    'umount -l .machine',
    'rmdir .machine',
    'echo ready',
    'exec tail -f /dev/null',
  ].join('\n');
}

/** Connects the network of a container to the bridge of the machine, with the machine as its way to the internet. */
function connect(pid: number): void {
  const number = ++containers;
  const ip = (...args: string[]) => execFileSync('ip', args);
  const inside = (...args: string[]) =>
    execFileSync('nsenter', ['--target', String(pid), '--net', 'ip', ...args]);
  ip('link', 'add', `veth${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  ip('link', 'set', `veth${number}`, 'master', 'docker0', 'up');
  inside('link', 'set', 'lo', 'up');
  inside('address', 'add', `172.17.0.${number}/16`, 'dev', 'eth0');
  inside('link', 'set', 'eth0', 'up');
  inside('route', 'add', 'default', 'via', '172.17.0.1');
}
