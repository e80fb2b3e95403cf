/** Tools other than Node packages. They are installed into `.cache` at pinned versions. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');
const cache = path.join(root, '.cache');
const exe = process.platform === 'win32' ? '.exe' : '';

/** The folder with the programs from `requirements.txt`. */
export const PYTHON_BIN = path.join(cache, 'clients', process.platform === 'win32' ? 'Scripts' : 'bin');

/** `MODULE@VERSION` of each Go program. */
const GO_TOOLS = {
  act: 'github.com/nektos/act@v0.2.89',
  actionlint: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  // Its releases have no versions that Go knows: this is that of a commit.
  minio: 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c',
} as const;

const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: root, stdio: 'inherit' });

/** Installs the pinned Python packages into a virtual environment. */
export function installPythonTools(): void {
  const venv = path.join(cache, 'clients');
  const requirements = path.join(root, '__tests__/clients/requirements.txt');
  const installed = path.join(venv, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(requirements, 'utf8')) return;
  run('python3', '-m', 'venv', '--clear', venv);
  run(path.join(PYTHON_BIN, 'pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', requirements);
  copyFileSync(requirements, installed);
}

/** Builds a Go program from its pinned source, unless it is in the cache. Returns its path. */
export function installGoTool(name: keyof typeof GO_TOOLS): string {
  const [, version] = GO_TOOLS[name].split('@');
  const bin = path.join(cache, 'go', `${name}-${version}`);
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
  const folder = path.join(cache, 'go', `weed-${SEAWEEDFS.version}`);
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

/** Builds a Go program of this repository. Returns its path. */
export function buildGo(folder: string, name: string): string {
  const program = path.join(cache, 'go', name + exe);
  mkdirSync(path.dirname(program), { recursive: true });
  execFileSync('go', ['build', '-o', program, '.'], { cwd: path.join(root, folder), stdio: 'inherit' });
  return program;
}

/**
 * Runs the tests of a folder with its own jest configuration.
 *
 * @param prefix a program, with its first words, that starts what follows
 */
export function runTests(folder: string, prefix: readonly string[] = []): void {
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const [program = process.execPath, ...words] = [...prefix, process.execPath];
  run(
    program,
    ...words,
    '--experimental-vm-modules',
    '--no-warnings',
    jest,
    '--config',
    `${folder}/jest.config.js`,
  );
}
