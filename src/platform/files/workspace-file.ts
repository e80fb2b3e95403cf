import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Unreadable } from '../unreadable.ts';
import { isInside, readRegularFile } from './regular-file.ts';

/** Bytes of a file of the workspace that is read at all. */
const MAX_BYTES = 1024 * 1024;

/** The text of a file, or in words why there is none. The words hold nothing of the file. */
export type WorkspaceText = { readonly text: string } | Unreadable;

/**
 * Reads a file that the repository brings. Whoever can write there must not choose what else of the runner is read: a
 * link may not lead out of the workspace, and nothing but a regular file is waited for.
 *
 * @param file absolute, or relative to the workspace
 */
export async function readWorkspaceFile(workspace: string, file: string): Promise<WorkspaceText> {
  try {
    const target = await realpath(path.resolve(workspace, file));
    if (!isInside(await realpath(workspace), target)) return { unreadable: 'which leads out of the workspace' };
    const content = await readRegularFile(target, MAX_BYTES + 1);
    if (content === undefined) return { unreadable: 'which is no regular file' };
    if (content.length > MAX_BYTES) return { unreadable: 'which is larger than 1 MB' };
    return { text: content.toString('utf8') };
  } catch (error) {
    const { code } = error as { code?: string };
    return { unreadable: code === 'ENOENT' ? 'no such file' : `which cannot be read (${code})` };
  }
}
