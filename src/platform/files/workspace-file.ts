import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type FileText, isInside, readRegularFile, unreadableBecauseOf } from './regular-file.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Reads a file of the repository. Its authors must not choose what else is read on the runner: a link cannot lead out of
 * the workspace.
 *
 * @param file absolute, or relative to the workspace
 */
export async function readWorkspaceFile(workspace: string, file: string): Promise<FileText> {
  try {
    const target = await realpath(path.resolve(workspace, file));
    if (!isInside(await realpath(workspace), target))
      return { unreadable: 'a path that leads out of the workspace' };
    return await readRegularFile(target, MAX_BYTES);
  } catch (error) {
    return unreadableBecauseOf(error);
  }
}
