/**
 * The files of a release: the checksums of everything that runs, the SBOM, and the archive of the commit. The job that
 * signs them starts this script, so it imports nothing but Node, and installs nothing.
 *
 *     node scripts/release-files.ts v1.2.3 FOLDER
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a pinned commit runs: the actions, the reusable workflows, and the programs. */
const RUNS = ['*action.yml', '.github/workflows', 'dist'];

/** Writes `SHA256SUMS`, `sbom.cdx.json` and `assume-aws-roles.tar.gz` of the repository at `root` into a folder. */
export function createReleaseFiles(root: string, tag: string, folder: string): void {
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
      shell: process.platform === 'win32' && program === 'npm',
    });
  mkdirSync(folder, { recursive: true });
  const files = run('git', 'ls-files', '-z', ...RUNS)
    .split('\0')
    .filter(Boolean);
  const sums = files.map((file) => `${sha256(path.join(root, file))}  ${file}\n`);
  writeFileSync(path.join(folder, 'SHA256SUMS'), sums.join(''));
  const sbom = JSON.parse(run('npm', 'sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'));
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  writeFileSync(path.join(folder, 'sbom.cdx.json'), `${JSON.stringify(ofRuntime(sbom, lock), null, 2)}\n`);
  const archive = path.resolve(folder, 'assume-aws-roles.tar.gz');
  run('git', 'archive', '--prefix', `assume-aws-roles-${tag}/`, '-o', archive, 'HEAD');
}

interface Sbom {
  components: { 'bom-ref': string }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
  metadata: { component: { 'bom-ref': string } };
}

/** The packages of a lock file that can run in a job, as `NAME@VERSION`. */
export function runtimePackages({
  packages,
}: {
  packages: Record<string, { version?: string; dev?: boolean }>;
}): string[] {
  return Object.entries(packages)
    .filter(([place, { dev }]) => place !== '' && dev !== true)
    .map(([place, { version }]) => `${place.replace(/^.*node_modules\//, '')}@${version}`);
}

/** Without tools. `npm sbom --omit dev` also omits packages that both the action and a tool use, such as `yaml`. */
export function ofRuntime<T extends Sbom>(sbom: T, lock: Parameters<typeof runtimePackages>[0]): T {
  const kept = new Set([sbom.metadata.component['bom-ref'], ...runtimePackages(lock)]);
  return {
    ...sbom,
    components: sbom.components.filter((component) => kept.has(component['bom-ref'])),
    dependencies: sbom.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map((one) => ({ ...one, dependsOn: (one.dependsOn ?? []).filter((ref) => kept.has(ref)) })),
  };
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

if (import.meta.main) {
  const [tag, folder] = process.argv.slice(2);
  if (tag === undefined || folder === undefined) throw new Error('Expected a tag and a folder.');
  createReleaseFiles(path.resolve(import.meta.dirname, '..'), tag, folder);
}
