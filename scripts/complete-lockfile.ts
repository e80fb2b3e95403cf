/**
 * Adds to `package-lock.json` the packages for other platforms that npm leaves out when the registry at hand does not
 * hold them. Without these entries `npm ci` refuses the lock file, and machines of those platforms could not use it.
 *
 *     npm install SOMETHING && node scripts/complete-lockfile.ts
 */
import { readFile, writeFile } from 'node:fs/promises';

interface Entry {
  version?: string;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, Entry> };

for (const { optionalDependencies = {} } of Object.values({ ...lock.packages })) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    if (Object.keys(lock.packages).some((place) => place.endsWith(`node_modules/${name}`))) continue;
    const os = SYSTEMS.find((system) => name.includes(system));
    const cpu = PROCESSORS.find((processor) => name.includes(`-${processor}`));
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...(cpu !== undefined && { cpu: [cpu] }),
      dev: true,
      ...(os === 'linux' && { libc: [name.includes('musl') ? 'musl' : 'glibc'] }),
      optional: true,
      ...(os !== undefined && { os: [os] }),
    };
    console.log(`added ${name}`);
  }
}

const { '': project, ...others } = lock.packages;
const sorted = Object.entries(others).toSorted(([a], [b]) => (a < b ? -1 : 1));
lock.packages = { '': project ?? {}, ...Object.fromEntries(sorted) };
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`);
