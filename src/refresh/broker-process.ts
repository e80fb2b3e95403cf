import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
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

/** Where a plan is served, and what has to be brought there. */
export interface BrokerAddress {
  /** The URL below which each profile has its path. */
  readonly url: string;
  readonly token: string;
}

/**
 * Has the plan in `folder` served: by the broker of an earlier step of this job if there is one, else by one that is
 * started and outlives this process.
 *
 * @param alone whether the plan needs this step's own environment, which the broker of another has not
 * @throws ActionError `BROKER_NOT_STARTED`
 */
export async function serveByBroker(folder: string, alone: boolean, host: Host): Promise<BrokerAddress> {
  for (const running of alone ? [] : await brokersBeside(folder)) {
    host.runner.mask(running.token);
    const answer = await ask(running, 'PUT', planFile(folder));
    const { base } = (parseJson(answer?.body ?? '') ?? {}) as { base?: unknown };
    if (answer?.status === 200 && typeof base === 'string')
      return { url: `http://127.0.0.1:${running.port}${base}`, token: running.token };
  }
  const { port, token } = await startBroker(folder, host);
  return { url: `http://127.0.0.1:${port}`, token };
}

/** The brokers that earlier steps of this job started. */
async function brokersBeside(folder: string): Promise<readonly RunningBroker[]> {
  const parent = path.dirname(folder);
  const names = (await readdir(parent)).filter((name) => path.join(parent, name) !== folder);
  const found = await Promise.all(names.map((name) => readBroker(path.join(parent, name))));
  return found.filter((broker) => broker !== undefined);
}

async function readBroker(folder: string): Promise<RunningBroker | undefined> {
  const text = await readFile(brokerFile(folder), 'utf8').catch(() => '');
  return parseJson(text) as RunningBroker | undefined;
}

async function startBroker(folder: string, host: Host): Promise<RunningBroker> {
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

/** Ends the broker that was started for a folder, if there is one, and waits until it is gone. */
export async function stopBroker(folder: string, clock: Clock): Promise<void> {
  const broker = await readBroker(folder);
  if (broker === undefined || (await ask(broker, 'DELETE'))?.status !== 200) return;
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

/** What a broker answers that knows the token; undefined when there is none. */
function ask(
  { port, token }: RunningBroker,
  method: 'PUT' | 'DELETE',
  body = '',
): Promise<{ status: number | undefined; body: string } | undefined> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, method, path: '/', timeout: STOP_MS, agent: false };
    const asked = request({ ...options, headers: { authorization: token } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
      response.on('error', () => resolve(undefined));
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.end(body);
  });
}
