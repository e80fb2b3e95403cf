import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { programsOf, runFirst } from '../../../src/delivery/command/program.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'program-'));
  mkdirSync(path.join(folder, 'bin'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Programs that write their names and arguments to a file: the only ones on the PATH of the command. */
function install(...names: readonly string[]): void {
  for (const name of names) {
    const program = path.join(folder, 'bin', name);
    writeFileSync(program, `#!/bin/sh\necho "${name} $*" > "${folder}/started"\nexit 3\n`);
    chmodSync(program, 0o700);
  }
}
const run = async (...shells: Parameters<typeof programsOf>[0]['shells']) =>
  runFirst(await programsOf({ shells, words: ['ls'] }, folder), { PATH: path.join(folder, 'bin') });
const started = () => readFileSync(path.join(folder, 'started'), 'utf8').trim();

const posix = process.platform === 'win32' ? describe.skip : describe;

posix('of two shells', () => {
  test('the first runs if the runner has it', async () => {
    install('pwsh', 'powershell');
    expect(await run('pwsh', 'powershell')).toBe(3);
    expect(started()).toMatch(/^pwsh -command .*\. '.*\.ps1'/);
  });

  test('the second runs if it does not', async () => {
    install('powershell');
    expect(await run('pwsh', 'powershell')).toBe(3);
    expect(started()).toMatch(/^powershell -command .*\. '.*\.ps1'/);
  });

  test('the second does not run if the first cannot be started for another reason', async () => {
    install('bash', 'sh');
    chmodSync(path.join(folder, 'bin/bash'), 0o600);
    await expect(run('bash', 'sh')).rejects.toMatchObject({
      code: 'COMMAND_NOT_STARTED',
      details: { found: 'EACCES' },
    });
    expect(readdirSync(folder)).not.toContain('started');
  });

  test('an error names both if there is neither', async () => {
    await expect(run('pwsh', 'powershell')).rejects.toMatchObject({
      code: 'COMMAND_NOT_STARTED',
      details: {
        problem: 'The program pwsh or powershell could not be started (run, shell).',
        found: 'ENOENT',
      },
    });
  });
});
