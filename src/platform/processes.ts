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
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
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
    if (process.platform === 'linux') {
      // proc_pid_stat(5): field 22, in clock ticks since boot. Field 2 is a name in parentheses, which can hold any text.
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
    }
    if (process.platform === 'win32') return undefined;
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
