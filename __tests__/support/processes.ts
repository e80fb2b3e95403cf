import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  readonly pid: string;
  readonly commandLine: string;
}

/** What every user of the machine can see of every process. */
export function runningProcesses(): readonly RunningProcess[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid, commandLine: commandLineOf(pid) }));
  const list = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return list.split('\n').map((line) => {
    const [, pid = '', commandLine = ''] = /^ *(\d+) (.*)$/.exec(line) ?? [];
    return { pid, commandLine };
  });
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
