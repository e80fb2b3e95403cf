/**
 * Completes `package-lock.json`. npm omits packages for platforms that the registry does not hold. On such a platform,
 * `npm ci` then rejects the lock file or installs packages without a checksum. This script gives each package an entry,
 * and each entry the checksum from the registry.
 *
 *     npm install SOMETHING && node scripts/complete-lockfile.ts
 *     node scripts/complete-lockfile.ts --check   makes no requests; fails if an entry or checksum is missing
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';

interface Entry {
  version?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
  engines?: { node?: string };
  hasInstallScript?: boolean;
  [field: string]: unknown;
}

export interface Lock {
  packages: Record<string, Entry>;
  [field: string]: unknown;
}

/** The metadata of a version in the registry; undefined if the registry does not hold it. */
export type LookUp = (name: string, version: string) => Partial<Record<string, unknown>> | undefined;

/** The metadata that npm keeps in the entry of a package. */
const KEPT = ['cpu', 'libc', 'license', 'os', 'engines'];

/** The optional packages without an entry, as `NAME@VERSION`. */
export function missingPackages({ packages }: Lock): string[] {
  const present = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.entries(optionalDependencies),
  );
  const missing = wanted.filter(([name]) => !present.has(name));
  return [...new Set(missing.map(([name, range]) => `${name}@${range.replace(/^[\^~]/, '')}`))];
}

/** The paths of entries without a SHA-512 checksum. npm installs any content for these. */
export function withoutIntegrity({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(
      ([place, { integrity = '', link }]) => place !== '' && link !== true && !/^sha512-/.test(integrity),
    )
    .map(([place]) => place);
}

/** The lock file with an entry for every optional package, and with every checksum that the registry has. */
export function completed(lock: Lock, lookUp: LookUp): Lock {
  const packages = { ...lock.packages };
  for (const wanted of missingPackages(lock)) {
    const at = wanted.lastIndexOf('@');
    const version = wanted.slice(at + 1);
    packages[`node_modules/${wanted.slice(0, at)}`] = { version, dev: true, optional: true };
  }
  for (const place of withoutIntegrity({ packages })) {
    const entry = packages[place] ?? {};
    const found = lookUp(place.replace(/^.*node_modules\//, ''), entry.version ?? '');
    if (found === undefined) continue;
    const kept = KEPT.flatMap((field) => (found[field] === undefined ? [] : [[field, found[field]]]));
    const integrity = found['dist.integrity'] as string;
    packages[place] = { ...entry, integrity, ...Object.fromEntries(kept) };
  }
  const { '': project, ...others } = packages;
  const sorted = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: { '': project ?? {}, ...Object.fromEntries(sorted) } };
}

const askNpm: LookUp = (name, version) => {
  const fields = ['dist.integrity', ...KEPT];
  try {
    const answer = execFileSync('npm', ['view', `${name}@${version}`, ...fields, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    });
    const found = JSON.parse(answer);
    return typeof found === 'string' ? { 'dist.integrity': found } : found;
  } catch {
    return;
  }
};

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url);
  let lock = JSON.parse(await readFile(file, 'utf8')) as Lock;
  if (!process.argv.includes('--check')) {
    lock = completed(lock, askNpm);
    await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
  }
  const incomplete = [...missingPackages(lock), ...withoutIntegrity(lock)];
  if (incomplete.length > 0) {
    console.error(
      `package-lock.json has no checksum for: ${incomplete.join(', ')}. ` +
        'Choose a version that the registry holds for every platform, or use another registry.',
    );
    process.exitCode = 1;
  }
}
