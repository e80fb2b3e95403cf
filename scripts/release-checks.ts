/** The checks of `release-check.ts`, in their order. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Check, Finding } from './checks.ts';
import { git, release, releaseProblems } from './release.ts';
import { createReleaseFiles } from './release-files.ts';
import {
  bytesOf,
  checksumProblems,
  DIST_BUDGET_BYTES,
  filesBelow,
  licenseProblems,
  licensesIn,
  sbomProblems,
  sizeProblems,
} from './release-parts.ts';
import { ownerOf, ownerProblems, setOwner } from './set-owner.ts';

export interface ReleaseOptions {
  /** The tag that HEAD has; without it, the release is made in a clone. */
  readonly tag?: string | undefined;
  /** `OWNER/NAME` of the repository that releases. */
  readonly repository?: string | undefined;
  /** An owner and a version for the release in the clone, in place of those that the files have. */
  readonly owner?: string | undefined;
  readonly version?: string | undefined;
}

/** The version of the first section of a changelog that has one. */
export function nextVersion(changelog: string): string | undefined {
  const [, version] = /^## (\d+\.\d+\.\d+)$/m.exec(changelog) ?? [];
  return version;
}

/**
 * Runs npm in a folder, without what an npm around it has put into the environment, and shows what it prints.
 *
 * @throws Error if npm fails
 */
function npm(folder: string, ...args: string[]): void {
  const { status } = runNpm(folder, args, 'inherit');
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed.`);
}

function runNpm(folder: string, args: readonly string[], stdio: 'inherit' | 'pipe') {
  const env = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry)/i.test(name));
  const paths = (process.env.PATH ?? '').split(path.delimiter).filter((one) => !one.includes('node_modules'));
  return spawnSync('npm', args, {
    cwd: folder,
    env: { ...Object.fromEntries(env), PATH: paths.join(path.delimiter) },
    stdio,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

/** What npm prints if it cannot check a signature: without a network to Sigstore, and for a registry without keys. */
const NOT_CHECKED = [
  {
    pattern: /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT)\b/,
    why: 'Sigstore cannot be reached',
  },
  { pattern: /installed from a supported registry/, why: 'the registry has no keys for signatures' },
];

/**
 * The finding of `npm audit signatures`.
 *
 * @param isRelease whether the check may not be skipped, because the release is about to be signed
 */
export function signatureFinding(
  { status, output }: { readonly status: number | null; readonly output: string },
  isRelease: boolean,
): Finding {
  if (status === 0) return { problems: [], detail: 'npm audit signatures' };
  const skipped = isRelease ? undefined : NOT_CHECKED.find(({ pattern }) => pattern.test(output))?.why;
  return skipped === undefined ? { problems: [output.trim()] } : { problems: [], skipped };
}

const text = (...parts: string[]) => readFileSync(path.join(...parts), 'utf8');

/** Clones HEAD. Line ends and identity do not depend on the machine. */
function clone(root: string, folder: string): void {
  mkdirSync(path.dirname(folder), { recursive: true });
  git(root, '-c', 'core.autocrlf=false', 'clone', '--quiet', '--no-hardlinks', '--no-local', root, folder);
  const settings = { 'user.name': 'release:check', 'user.email': 'release-check@example.invalid' };
  for (const [name, value] of Object.entries({ ...settings, 'commit.gpgsign': 'false' }))
    git(folder, 'config', name, value);
}

/** Writes the owner and the version of the options into a clone, and commits them. */
async function setUp(folder: string, { owner, version }: ReleaseOptions): Promise<void> {
  if (owner !== undefined) await setOwner(folder, owner);
  const changelog = text(folder, 'CHANGELOG.md');
  const file = path.join(folder, 'CHANGELOG.md');
  if (version !== undefined && !changelog.includes(`\n## ${version}\n`))
    writeFileSync(file, changelog.replace('\n## Unreleased\n', `\n## ${version}\n`));
  if (git(folder, 'status', '--porcelain') !== '')
    git(folder, 'commit', '--quiet', '--all', '--message', 'set up');
}

/** The differences between the files of two folders, as sentences. */
export function differences(first: string, second: string): string[] {
  const [here, there] = [filesBelow(first), filesBelow(second)];
  const names = [...new Set([...here, ...there])].sort();
  const same = (name: string) =>
    here.includes(name) && there.includes(name) && text(first, name) === text(second, name);
  return names.filter((name) => !same(name)).map((name) => `${name} differs between two builds.`);
}

/** All checks of a release, in a work folder with room for two clones. */
export function releaseChecks(root: string, work: string, options: ReleaseOptions): Check[] {
  // A path may end up in a bundle: the folders have names of different lengths.
  const first = path.join(work, 'first');
  const second = path.join(work, 'elsewhere', 'the second folder');
  const files = { first: path.join(work, 'files'), second: path.join(work, 'files-2') };
  let tag = options.tag ?? '';
  return [
    {
      name: 'commit',
      run: async () => {
        clone(root, first);
        if (options.tag === undefined) await setUp(first, options);
        return {
          problems: git(root, 'status', '--porcelain') === '' ? [] : ['There are uncommitted changes.'],
          detail: git(root, 'rev-parse', 'HEAD').trim(),
        };
      },
    },
    {
      name: 'owner',
      run: async () => ({
        problems: await ownerProblems(first, options.repository),
        detail: await ownerOf(first),
      }),
    },
    {
      name: 'changelog',
      run: () => {
        const changelog = text(first, 'CHANGELOG.md');
        if (tag === '') tag = `v${options.version ?? nextVersion(changelog)}`;
        const section = `## ${tag.slice(1)}`;
        const found = changelog.split('\n').includes(section);
        return {
          problems: found ? [] : ['CHANGELOG.md has no section of the version, such as "## 1.2.3".'],
          detail: section,
        };
      },
    },
    {
      name: 'tag',
      run: async () => {
        if (options.tag === undefined) await release(first, tag.slice(1));
        return {
          problems: await releaseProblems(first, tag, options.repository),
          detail: `${tag} has the version and the pins`,
        };
      },
    },
    {
      name: 'main',
      run: () => {
        if (options.tag === undefined) return { problems: [], detail: 'the release is not tagged yet' };
        git(root, 'merge-base', '--is-ancestor', 'HEAD', 'origin/main');
        return { problems: [], detail: `${tag} is on main` };
      },
    },
    {
      name: 'install',
      run: () => {
        clone(first, second);
        for (const folder of [first, second]) npm(folder, 'ci');
        return { problems: [], detail: 'npm ci in two clean clones' };
      },
    },
    {
      name: 'build',
      run: () => {
        npm(first, 'run', 'check:dist');
        for (const folder of [first, second]) npm(folder, 'run', 'build');
        return {
          problems: differences(path.join(first, 'dist'), path.join(second, 'dist')),
          detail: 'the same bytes in both folders and in the commit',
        };
      },
    },
    {
      name: 'tests',
      run: () => {
        npm(first, 'test');
        return { problems: [], detail: 'npm test' };
      },
    },
    {
      name: 'signatures',
      run: () => {
        const { status, stdout, stderr } = runNpm(first, ['audit', 'signatures'], 'pipe');
        return signatureFinding({ status, output: `${stdout}${stderr}` }, options.tag !== undefined);
      },
    },
    {
      name: 'licences',
      run: () => {
        const licenses = text(first, 'dist/licenses.txt');
        return {
          problems: licenseProblems(licenses),
          detail: `${licensesIn(licenses).length} packages with their texts`,
        };
      },
    },
    {
      name: 'size',
      run: () => {
        const bytes = bytesOf(path.join(first, 'dist'));
        return { problems: sizeProblems(bytes), detail: `${bytes} of ${DIST_BUDGET_BYTES} bytes` };
      },
    },
    {
      name: 'checksums',
      run: () => {
        createReleaseFiles(first, tag, files.first);
        createReleaseFiles(second, tag, files.second);
        const sums = text(files.first, 'SHA256SUMS');
        const dist = filesBelow(path.join(first, 'dist')).map((file) => `dist/${file}`);
        const same = sums === text(files.second, 'SHA256SUMS');
        return {
          problems: [
            ...checksumProblems(sums, ['action.yml', ...dist]),
            ...(same ? [] : ['SHA256SUMS differs between the clones.']),
          ],
          detail: `${sums.split('\n').length - 1} files`,
        };
      },
    },
    {
      name: 'archive',
      run: () => {
        const [one, other] = [files.first, files.second].map((folder) =>
          readFileSync(path.join(folder, 'assume-aws-roles.tar.gz')),
        );
        const same = other !== undefined && one?.equals(other) === true;
        return {
          problems: same ? [] : ['The archive differs between the clones.'],
          detail: `${one?.length} bytes`,
        };
      },
    },
    {
      name: 'SBOM',
      run: () => {
        const sbom = JSON.parse(text(files.first, 'sbom.cdx.json'));
        return {
          problems: sbomProblems(sbom, JSON.parse(text(first, 'package-lock.json'))),
          detail: `${sbom.components.length} packages`,
        };
      },
    },
  ];
}
