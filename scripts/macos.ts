/**
 * `npm run macos`: runs tests of files and processes on Linux as macOS has them: temporary folders below a link, no `/proc`,
 * and a file system that ignores case. CI runs all tests on macOS itself.
 *
 *     npm run macos -- --install    installs what it needs where it can; exits with code 1 and the reason if it cannot
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './tools.ts';

/** NTFS in user space: the only file system of Debian that ignores case and keeps owners, permissions and links. */
const MOUNT = '/usr/bin/lowntfs-3g';
const BYTES = 512 * 1024 * 1024;

/** What reads and writes files of the runner, or looks at processes. */
const TESTS =
  '__tests__/(e2e/(main-job|profiles|one-world|sub-actions|refresh-|audit)|attacks/(same-tree|folder|half-ledger|workspace-files)|unit/(shared-config|audit/find|platform/(files|lock)))';

/** Installs what is missing. Returns why the tests cannot run here, or undefined. */
function install(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'only root on Linux can mount a file system that ignores case';
  if (!existsSync('/dev/fuse')) return 'this kernel has no FUSE';
  if (existsSync(MOUNT)) return undefined;
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'ntfs-3g']])
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return existsSync(MOUNT) ? undefined : 'ntfs-3g is missing, and cannot be installed';
}

/** Mounts a new file system that ignores case. */
function mount(image: string, folder: string): void {
  writeFileSync(image, '');
  truncateSync(image, BYTES);
  execFileSync('mkntfs', ['--quiet', '--fast', '--force', image], { stdio: 'ignore' });
  mkdirSync(folder);
  // It stays in the background, and would keep a pipe open.
  execFileSync(MOUNT, ['-o', 'ignore_case,permissions,noatime', image, folder], { stdio: 'ignore' });
}

function runTests(temporary: string): number | null {
  const jest = path.join(root, 'node_modules/jest/bin/jest.js');
  const preload = `--require=${path.join(root, '__tests__/support/like-macos.cjs')}`;
  return spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', jest, TESTS], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: temporary, LAB_NODE_OPTIONS: preload },
  }).status;
}

const missing = install();
if (process.argv.includes('--install')) {
  if (missing !== undefined) console.log(missing);
  process.exitCode = missing === undefined ? 0 : 1;
} else if (missing !== undefined) {
  console.log(`Skipped: ${missing}.`);
} else {
  const work = mkdtempSync(path.join(os.tmpdir(), 'macos-'));
  const volume = path.join(work, 'private');
  try {
    mount(path.join(work, 'volume.img'), volume);
    mkdirSync(path.join(volume, 'var'));
    symlinkSync('private/var', path.join(work, 'var'));
    process.exitCode = runTests(path.join(work, 'var')) ?? 1;
  } finally {
    spawnSync('umount', [volume]);
    rmSync(work, { recursive: true, force: true });
  }
}
