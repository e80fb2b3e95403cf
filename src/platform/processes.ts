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
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
  return process.platform !== 'linux' || statOf(pid)?.[0] !== 'Z';
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
  // In clock ticks since boot.
  if (process.platform === 'linux') return statOf(pid)?.[19];
  if (process.platform === 'win32') return undefined;
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC' };
    // Not by PATH, which a step can change.
    const text = execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The fields of proc_pid_stat(5) from 3 on, the state. Field 2 is a name in parentheses, which can hold any text. Undefined
 * for a process that has ended, and where a container hides /proc.
 */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
