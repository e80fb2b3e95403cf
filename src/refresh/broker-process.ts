import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import { ActionError } from '../errors.ts';
import { isAlive } from '../files/lock.ts';
import { replaceFile } from '../files/replace-file.ts';
import type { Host } from '../host.ts';
import { CREDENTIAL_VARIABLES } from '../identity/ambient-variables.ts';
import { parseJson } from '../json.ts';
import type { BrokerSettings } from './broker.ts';
import { planFile } from './stored-plan.ts';

/** A broker that runs, as kept in its folder for whoever has to end it. */
export interface RunningBroker {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
}

const START_MS = 15_000;
const STOP_MS = 3_000;

const brokerFile = (folder: string) => path.join(folder, 'broker.json');

/**
 * Starts a broker for the plan in `folder`, as a process that outlives this one.
 *
 * @throws ActionError `BROKER_NOT_STARTED`
 */
export async function startBroker(folder: string, host: Host): Promise<RunningBroker> {
  const { node, programs, env, runner } = host;
  const token = randomBytes(32).toString('base64url');
  runner.mask(token);
  // Inputs and keys are no business of a process that stays; what it needs of them is in the plan.
  const kept = Object.entries(env).filter(
    ([name]) => !name.startsWith('INPUT_') && !CREDENTIAL_VARIABLES.some((key) => key === name),
  );
  const child = spawn(node, [path.join(programs, 'broker', 'index.js')], {
    // Its own folder could not be removed on Windows.
    cwd: path.parse(folder).root,
    env: Object.fromEntries(kept),
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const settings: BrokerSettings = {
    planFile: planFile(folder),
    token,
    step: process.pid,
    job: process.ppid,
  };
  try {
    child.stdin.on('error', () => {}); // it ended before it read; `ready` tells
    child.stdin.end(JSON.stringify(settings));
    const port = await ready(child);
    const broker: RunningBroker = { pid: child.pid ?? 0, port, token };
    await replaceFile(brokerFile(folder), JSON.stringify(broker), 0o600);
    return broker;
  } catch (cause) {
    child.kill('SIGKILL');
    throw cause;
  } finally {
    child.stdout.destroy();
    child.unref();
  }
}

function ready(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`no answer within ${START_MS / 1000} s`), START_MS);
    let line = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      line += chunk.toString();
      if (!line.endsWith('\n')) return;
      clearTimeout(timer);
      resolve(Number(line));
    });
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    child.on('exit', (code, signal) => fail(`a process that ended (${code ?? signal})`));
    function fail(found: string): void {
      clearTimeout(timer);
      reject(
        new ActionError('BROKER_NOT_STARTED', {
          problem: 'The broker that refresh: broker asks for did not start.',
          found,
          expected: 'a process that listens on a port of 127.0.0.1',
          remedy:
            'Check that the runner may start processes and listen on loopback, or use refresh: process.',
        }),
      );
    }
  });
}

/** Ends the broker of a folder, if there is one, and waits until it is gone. */
export async function stopBroker(folder: string, clock: Clock): Promise<void> {
  const text = await readFile(brokerFile(folder), 'utf8').catch(() => '');
  const broker = parseJson(text) as RunningBroker | undefined;
  if (broker === undefined || !(await askToStop(broker))) return;
  const giveUpAt = clock.now() + STOP_MS;
  while (isAlive(broker.pid)) {
    if (clock.now() > giveUpAt) {
      // It answered with the token, so the number is still its own.
      process.kill(broker.pid, 'SIGKILL');
      break;
    }
    await clock.sleep(20);
  }
  await rm(brokerFile(folder), { force: true });
}

/** Whether a broker answered that knows the token. */
function askToStop({ port, token }: RunningBroker): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, method: 'DELETE', path: '/', timeout: STOP_MS, agent: false };
    const stop = request({ ...options, headers: { authorization: token } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    stop.on('timeout', () => stop.destroy());
    stop.on('error', () => resolve(false));
    stop.end();
  });
}
