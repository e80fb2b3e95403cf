/** Tools other than Node packages. They are installed into `.cache` at pinned versions. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
export const CACHE = path.join(root, '.cache');
/** The ending of a program's name. */
export const exe = process.platform === 'win32' ? '.exe' : '';

/** The folder with the programs of a virtual environment of Python. */
export const scriptsOf = (environment: string) =>
  path.join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');

const PYTHON_TOOLS = path.join(CACHE, 'clients');
/** The folder with the programs from `requirements.txt`. */
export const PYTHON_BIN = scriptsOf(PYTHON_TOOLS);

/** `MODULE@VERSION` of each Go program. */
const GO_TOOLS = {
  act: 'github.com/nektos/act@v0.2.89',
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  // Its releases have no versions that Go knows: this is that of a commit.
  minio: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
} as const;

/**
 * Runs a program beside others, and shows its errors alone.
 *
 * @throws Error if it fails
 */
export async function run(program: string, args: readonly string[], cwd = root): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`"${[program, ...args].join(' ')}" failed with exit code ${code}.`);
}

/** Installs the pinned Python packages into a virtual environment. */
export function installPythonTools(): Promise<void> {
  return installPythonPackages(PYTHON_TOOLS, path.join(root, '__tests__/clients/requirements.txt'));
}

/** Installs Python packages into a virtual environment, unless it has been made from the same requirements. */
export async function installPythonPackages(environment: string, requirements: string): Promise<void> {
  const installed = path.join(environment, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8')) return;
  await run('python3', ['-m', 'venv', '--clear', environment]);
  // Python compiles what it needs, which is little.
  const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--requirement', requirements];
  await run(path.join(scriptsOf(environment), 'pip'), ['install', ...options]);
  copyFileSync(requirements, installed);
}

/** Builds a Go program from its pinned source, unless it is in the cache. Returns its path. */
export function installGoTool(name: keyof typeof GO_TOOLS): string {
  const [, version] = GO_TOOLS[name].split('@');
  const bin = path.join(CACHE, 'go', `${name}-${version}`);
  const program = path.join(bin, name + exe);
  if (!existsSync(program)) {
    const env = { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' };
    execFileSync('go', ['install', GO_TOOLS[name]], { cwd: root, stdio: 'inherit', env });
  }
  return program;
}

/** SeaweedFS, at the version of a commit. `go install` refuses it, as its `go.mod` replaces a module. */
const SEAWEEDFS = {
  version: 'v0.0.0-20261109003541-7506e5f91cd6',
  replaced: 'github.com/tyler-smith/go-bip39 => github.com/cosmos/go-bip39 v1.0.0',
};

/** Builds SeaweedFS from its pinned source, unless it is in the cache. Returns its path. */
export function installSeaweedFS(): string {
  const module = 'github.com/seaweedfs/seaweedfs';
  const folder = path.join(CACHE, 'go', `weed-${SEAWEEDFS.version}`);
  const program = path.join(folder, `weed${exe}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const lines = [
    'module weed',
    'go 1.26',
    `tool ${module}/weed`,
    `require ${module} ${SEAWEEDFS.version}`,
    `replace ${SEAWEEDFS.replaced}`,
  ];
  writeFileSync(path.join(folder, 'go.mod'), `${lines.join('\n')}\n`);
  const args = ['build', '-mod=mod', '-o', program, `${module}/weed`];
  execFileSync('go', args, { cwd: folder, stdio: 'inherit' });
  return program;
}

/** Builds a Go program of this repository. */
export async function buildGo(folder: string, program: string): Promise<void> {
  mkdirSync(path.dirname(program), { recursive: true });
  await run('go', ['build', '-o', program, '.'], path.join(root, folder));
}

/** Installs packages of Debian, where root may do so. */
export function installDebianPackages(...names: readonly string[]): void {
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]])
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}
