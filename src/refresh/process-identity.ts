import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isAlive } from '../platform/files/lock.ts';

/** A process, told from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the system puts it; undefined where that cannot be told. */
  readonly startedAt: string | undefined;
}

/** The process that has this number now. */
export function processIdentity(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

/** Whether a process runs still. Where its start cannot be told, one that got its number counts as well. */
export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return isAlive(pid) && (startedAt === undefined || startOf(pid) === startedAt);
}

/** Ends a process at once, if it is surely the one meant. */
export function kill(process_: ProcessIdentity): void {
  if (process_.startedAt === undefined || !isRunning(process_)) return;
  try {
    process.kill(process_.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return startInStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (process.platform === 'win32') return undefined;
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** proc_pid_stat(5): field 22, in clock ticks since boot. The second field is a name in parentheses and may hold anything. */
function startInStat(text: string): string | undefined {
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}
