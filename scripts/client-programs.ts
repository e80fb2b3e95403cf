/** The AWS clients that `npm run clients` tests, at pinned versions. A client is left out where its tools are missing. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { buildGo, CACHE, exe, installPythonPackages, root, run, scriptsOf } from './tools.ts';

const SOURCES = path.join(root, '__tests__/clients');
const inCache = (...names: string[]) => path.join(CACHE, 'client-programs', ...names);

export interface ClientProgram {
  /** The program, and the arguments that come before those of a caller. */
  readonly command: readonly [string, ...string[]];
  /** The client is installed if this file exists. */
  readonly file: string;
  /** What a machine needs to install it, in words. */
  readonly needs: string;
  readonly canInstall: () => boolean;
  readonly install: () => Promise<void>;
}

const answers = (program: string, ...args: string[]) =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '';

/**
 * Makes a folder of the cache from a file of pinned versions, unless it has been made from the same file.
 *
 * @param make puts everything into the empty folder
 */
async function makeFrom(pins: string, folder: string, make: () => Promise<void>): Promise<void> {
  const source = path.join(SOURCES, pins);
  const copy = path.join(folder, `made-from-${path.basename(pins)}`);
  if (existsSync(copy) && readFileSync(copy, 'utf8') === readFileSync(source, 'utf8')) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make();
  copyFileSync(source, copy);
}

/** Installs the package that a `package.json` pins. */
async function installNpmPackage(name: string): Promise<void> {
  copyFileSync(path.join(SOURCES, name, 'package.json'), inCache(name, 'package.json'));
  const options = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  await run('npm', ['install', ...options], inCache(name));
}

const isLinuxOnX64 = process.platform === 'linux' && process.arch === 'x64';

const GO = path.join(CACHE, 'go', `whoami${exe}`);
const go: ClientProgram = {
  command: [GO],
  file: GO,
  needs: 'Go',
  canInstall: () => answers('go', 'version') !== '',
  install: () => buildGo('__tests__/clients/go', GO),
};

const RUST = inCache('rust/target/debug', `whoami${exe}`);
const rust: ClientProgram = {
  command: [RUST],
  file: RUST,
  needs: 'Rust 1.95',
  canInstall: () => /^cargo 1\.(9[5-9]|\d{3})\./.test(answers('cargo', '--version')),
  install: async () => {
    // Cargo writes next to the sources.
    cpSync(path.join(SOURCES, 'rust'), inCache('rust'), { recursive: true });
    await run('cargo', ['build', '--quiet'], inCache('rust'));
  },
};

const CLASSES = inCache('java/classes');
const java: ClientProgram = {
  command: ['java', '-cp', [CLASSES, inCache('java/jars/*')].join(path.delimiter), 'Whoami'],
  file: path.join(CLASSES, 'Whoami.class'),
  needs: 'Java 17 and Maven',
  canInstall: () => answers('javac', '--version') !== '' && answers('mvn', '--version') !== '',
  install: async () => {
    await makeFrom('java/pom.xml', inCache('java'), () => {
      const copy = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
      const options = [`-DoutputDirectory=${inCache('java/jars')}`, '-DincludeScope=runtime'];
      return run('mvn', ['--quiet', '--batch-mode', '--file', 'java/pom.xml', copy, ...options], SOURCES);
    });
    await run('javac', ['-cp', inCache('java/jars/*'), '-d', CLASSES, 'java/Whoami.java'], SOURCES);
  },
};

/** A program of a Python package. */
function pythonProgram(name: string, ...args: string[]): ClientProgram {
  const environment = inCache('python');
  const program = path.join(scriptsOf(environment), name + exe);
  return {
    command: [program, ...args],
    file: program,
    needs: 'Python',
    canInstall: () => answers('python3', '--version') !== '',
    install: () => installPythonPackages(environment, path.join(SOURCES, 'python/requirements.txt')),
  };
}

const CDK = inCache('cdk/node_modules/aws-cdk/bin/cdk');
const cdk: ClientProgram = {
  command: [process.execPath, CDK],
  file: CDK,
  needs: 'npm',
  canInstall: () => true,
  install: () => makeFrom('cdk/package.json', inCache('cdk'), () => installNpmPackage('cdk')),
};

const AWS_CLI_2 = inCache('awscli2/program/aws');
/** AWS publishes this version also as a layer for functions, with a Python of its own. */
const awsCli2: ClientProgram = {
  command: [AWS_CLI_2],
  file: AWS_CLI_2,
  needs: 'Linux on x64, and Python',
  canInstall: () => isLinuxOnX64 && answers('python3', '--version') !== '',
  install: () =>
    makeFrom('awscli2/package.json', inCache('awscli2'), async () => {
      await installNpmPackage('awscli2');
      const packages = inCache('awscli2/node_modules');
      const layer = path.join(packages, '@aws-cdk/asset-awscli-v2/lib/layer.zip');
      await run('python3', ['-m', 'zipfile', '-e', layer, inCache('awscli2/layer')]);
      const versions = inCache('awscli2/layer/awscli/v2');
      const [version = ''] = readdirSync(versions).filter((name) => /^\d/.test(name));
      renameSync(path.join(versions, version, 'dist'), path.dirname(AWS_CLI_2));
      chmodSync(AWS_CLI_2, 0o755);
      for (const folder of [packages, inCache('awscli2/layer')]) rmSync(folder, { recursive: true });
    }),
};

/** One at a time: apt-get has a lock. */
let apt = Promise.resolve();

/** A program of Debian 12, which root may install. */
function debianProgram(name: string, version: string, command: ClientProgram['command']): ClientProgram {
  const file = `/usr/share/doc/${name}/changelog.Debian.gz`;
  const hasCandidate = () => answers('apt-cache', 'policy', name).includes(`Candidate: ${version}`);
  return {
    command,
    file,
    needs: `Debian's package ${name} ${version}`,
    canInstall: () => {
      if (existsSync(file) || process.platform !== 'linux' || process.getuid?.() !== 0) return false;
      // A machine may have no list of packages yet.
      if (!hasCandidate()) answers('apt-get', '-qq', 'update');
      return hasCandidate();
    },
    install: () => {
      apt = apt.then(() => run('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', name]));
      return apt;
    },
  };
}

const OPEN_TOFU = inCache('opentofu', `tofu${exe}`);
const openTofu: ClientProgram = {
  command: [OPEN_TOFU],
  file: OPEN_TOFU,
  needs: 'Go, and the option --all, as the build takes several minutes',
  canInstall: () => process.argv.includes('--all') && answers('go', 'version') !== '',
  install: () =>
    makeFrom('opentofu/version.txt', inCache('opentofu'), async () => {
      const version = readFileSync(path.join(SOURCES, 'opentofu/version.txt'), 'utf8').trim();
      const module = `github.com/opentofu/opentofu@v${version}`;
      const { Dir } = JSON.parse(answers('go', 'mod', 'download', '-json', module));
      // "go install" takes no module that replaces others.
      const options = ['-trimpath', '-ldflags', '-X github.com/opentofu/opentofu/version.dev=no'];
      await run('go', ['build', ...options, '-o', OPEN_TOFU, './cmd/tofu'], Dir);
    }),
};

export const CLIENT_PROGRAMS = {
  go,
  rust,
  java,
  cdk,
  awsCli2,
  openTofu,
  sam: pythonProgram('sam'),
  terraform: pythonProgram('python', path.join(SOURCES, 'python/terraform.py')),
  ruby: debianProgram('ruby-aws-sdk-core', '3.168.1-', ['ruby', path.join(SOURCES, 'ruby/whoami.rb')]),
  debianAwsCli: debianProgram('awscli', '2.9.19-', ['/usr/bin/aws']),
};

export const isInstalled = ({ file }: ClientProgram) => existsSync(file);

/** Installs every client that can be, several at a time. */
export async function installClients(): Promise<void> {
  const { terraform: _inSameEnvironmentAsSam, ...programs } = CLIENT_PROGRAMS;
  const wanted = Object.values(programs).filter(({ canInstall }) => canInstall());
  await Promise.all(wanted.map(({ install }) => install()));
}
