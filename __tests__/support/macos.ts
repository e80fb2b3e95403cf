import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestJob, type TestJobOptions, withJob } from './harness.ts';

/** Node.js finds itself on macOS. */
const LIKE_MACOS = `--require=${path.join(import.meta.dirname, 'like-macos.cjs')}`;

/** A lab and a job whose folders are below a link, as all temporary files of macOS: `/var` is `/private/var`. */
export async function withMacJob(
  options: TestJobOptions,
  test: (context: TestJob) => Promise<void>,
): Promise<void> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'macos-'));
  try {
    await mkdir(path.join(root, 'private/var'), { recursive: true });
    await symlink('private/var', path.join(root, 'var'));
    const env = { RUNNER_OS: 'macOS', NODE_OPTIONS: LIKE_MACOS, ...options.env };
    await withJob({ ...options, parent: path.join(root, 'var'), env }, test);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
