import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemErrorCode } from './errors.ts';

/** A process. Its start time tells it from a later process with the same ID. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string | undefined;
}

/** The identity of the process that has this ID now. */
export function processIdentity(pid: number): ProcessIdentity {
  return { pid, startedAt: startTimeOf(pid) };
}

/** Whether a process has this ID. One that has ended and that its parent has not collected yet, as in containers, has not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || statOf(pid)[0] !== 'Z';
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

/** Whether a process is still running. Where its start time is unknown, a later process with the same ID counts as well. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return isAlive(pid) && (startedAt === undefined || startTimeOf(pid) === startedAt);
}

/** Kills a process, unless another process may have its ID now. */
export function kill(target: ProcessIdentity): void {
  if (target.startedAt === undefined || !isRunning(target)) return;
  try {
    process.kill(target.pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

function startTimeOf(pid: number): string | undefined {
  try {
    // In clock ticks since boot.
    if (process.platform === 'linux') return statOf(pid)[19];
    if (process.platform === 'win32') return undefined;
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The fields of proc_pid_stat(5) from 3 on, the state. Field 2 is a name in parentheses, which can hold any text. */
function statOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}
