import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from '../../config/command-config.ts';
import { shellCommand } from './shell.ts';

/**
 * The program that runs a command, and its arguments.
 *
 * @param folder receives the script for a shell
 */
export async function programOf({ shell, words }: Command, folder: string): Promise<Command['words']> {
  if (shell === 'none') return words;
  const { extension, start } = shellCommand(shell);
  const script = path.join(folder, `run${extension}`);
  await writeFile(script, words[0], { mode: 0o600 });
  return start(script);
}
