/**
 * Completes `package-lock.json`. npm leaves out the packages of platforms that the registry at hand does not hold, and then
 * `npm ci` refuses the lock file or installs them unchecked elsewhere. So each package has an entry, and each entry the
 * checksum that the registry gives.
 *
 *     npm install SOMETHING && node scripts/complete-lockfile.ts
 *     node scripts/complete-lockfile.ts --check   asks nobody; fails when something is missing
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';

interface Entry {
  version?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

export interface Lock {
  packages: Record<string, Entry>;
  [field: string]: unknown;
}

/** What the registry says of a version; undefined where it does not hold it. */
export type LookUp = (name: string, version: string) => Partial<Record<string, unknown>> | undefined;

/** What npm keeps of a package in its entry. */
const KEPT = ['cpu', 'libc', 'license', 'os', 'engines'];

/** Optional packages that no entry is for, as `NAME@VERSION`. */
export function missingPackages({ packages }: Lock): string[] {
  const there = new Set(Object.keys(packages).map((place) => place.replace(/^.*node_modules\//, '')));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.entries(optionalDependencies),
  );
  const missing = wanted.filter(([name]) => !there.has(name));
  return [...new Set(missing.map(([name, range]) => `${name}@${range.replace(/^[\^~]/, '')}`))];
}

/** The places of entries without a checksum of SHA-512, under which anything would be installed. */
export function withoutIntegrity({ packages }: Lock): string[] {
  return Object.entries(packages)
    .filter(
      ([place, { integrity = '', link }]) => place !== '' && link !== true && !/^sha512-/.test(integrity),
    )
    .map(([place]) => place);
}

/** The lock with an entry for every optional package, and a checksum in every entry for which the registry has one. */
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
    return undefined;
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
        'Take a version whose packages the registry holds for every platform, or run this where it does.',
    );
    process.exitCode = 1;
  }
}
