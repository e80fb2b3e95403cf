/**
 * `npm run macos`: runs tests of files and processes on Linux as macOS has them: temporary folders below a link, no `/proc`,
 * and a file system that ignores case. CI runs all tests on macOS itself.
 *
 *     npm run macos -- --check    installs what it needs where it can; exits with code 1 and the reason if it cannot
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
import { runJest, runOrSkip } from './test-groups.ts';
import { installDebianPackages, root } from './tools.ts';

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
  installDebianPackages('ntfs-3g');
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

await runOrSkip(install(), () => {
  const work = mkdtempSync(path.join(os.tmpdir(), 'macos-'));
  const volume = path.join(work, 'private');
  try {
    mount(path.join(work, 'volume.img'), volume);
    mkdirSync(path.join(volume, 'var'));
    symlinkSync('private/var', path.join(work, 'var'));
    const preload = `--require=${path.join(root, '__tests__/support/like-macos.cjs')}`;
    runJest([TESTS], { env: { TMPDIR: path.join(work, 'var'), LAB_NODE_OPTIONS: preload } });
  } finally {
    spawnSync('umount', [volume]);
    rmSync(work, { recursive: true, force: true });
  }
});
