import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { CREDENTIAL_VARIABLES } from '../aws/client-variables.ts';
import type { Clock } from '../platform/clock.ts';
import type { Environment } from '../platform/environment.ts';
import { ActionError } from '../platform/errors.ts';
import { hasOwnFolder, readOwnFile } from '../platform/files/own-folder.ts';
import { replaceFile } from '../platform/files/replace-file.ts';
import type { Host } from '../platform/host/host.ts';
import { parseJson } from '../platform/json.ts';
import { askBroker } from './ask-broker.ts';
import type { BrokerSettings } from './broker.ts';
import { newSecret } from './handshake.ts';
import { isRunning, kill, type ProcessIdentity, processIdentity } from './process-identity.ts';
import { planFile } from './stored-plan.ts';

/** A broker that runs, as kept in its folder for whoever has to end it. */
export interface RunningBroker extends ProcessIdentity {
  readonly port: number;
  /** What SDKs send. */
  readonly token: string;
  /** What steps and broker prove to each other that they know; nobody sends it. */
  readonly control: string;
  /** Of what its environment decides about its connections, see {@link runtimeOf}. */
  readonly runtime: string;
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
  for (const running of alone ? [] : await brokersBeside(folder, host.env)) {
    if (running.runtime !== runtimeOf(host.env, running.control) || !isRunning(running)) continue;
    const answer = await askBroker(running, 'PUT', planFile(folder));
    const { base } = (parseJson(answer?.body ?? '') ?? {}) as { base?: unknown };
    if (answer?.status !== 200 || typeof base !== 'string') continue;
    host.runner.mask(running.token);
    return { url: `http://127.0.0.1:${running.port}${base}`, token: running.token };
  }
  const { port, token } = await startBroker(folder, host);
  return { url: `http://127.0.0.1:${port}`, token };
}

/** The brokers that earlier steps of this job started. */
async function brokersBeside(folder: string, env: Environment): Promise<readonly RunningBroker[]> {
  const parent = path.dirname(folder);
  const folders = (await readdir(parent))
    .map((name) => path.join(parent, name))
    .filter((other) => other !== folder);
  return folders.flatMap((other) => {
    const isOurs = tried(() => hasOwnFolder(other, env)) ?? false;
    return isOurs ? (readBroker(other) ?? []) : [];
  });
}

function readBroker(folder: string): RunningBroker | undefined {
  const text = tried(() => readOwnFile(brokerFile(folder)));
  const found = (parseJson(text ?? '') ?? {}) as Partial<RunningBroker>;
  const { pid = 0, startedAt, port = 0, token, control, runtime } = found;
  const complete =
    [pid, port].every((value) => Number.isSafeInteger(value) && value > 1) &&
    port < 65_536 &&
    [token, control, runtime].every((value) => typeof value === 'string') &&
    ['string', 'undefined'].includes(typeof startedAt);
  return complete ? (found as RunningBroker) : undefined;
}

/** What `look` finds; undefined when that is not ours. */
function tried<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** What Node itself takes from the environment for its connections, and the bearer: no plan can bring these along. */
const RUNTIME_VARIABLES = [
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'NODE_USE_ENV_PROXY',
  'NODE_USE_SYSTEM_CA',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
];

/** The same for environments from which a broker does the same; it tells nothing about the values. */
function runtimeOf(env: Environment, control: string): string {
  const values = RUNTIME_VARIABLES.map((name) => env[name] ?? '');
  return createHmac('sha256', control).update(JSON.stringify(values)).digest('base64url');
}

async function startBroker(folder: string, host: Host): Promise<RunningBroker> {
  const { node, programs, env, runner } = host;
  const token = newSecret();
  const control = newSecret();
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
    control,
    step: process.pid,
    job: process.ppid,
  };
  try {
    child.stdin.on('error', () => {}); // it ended before it read; `ready` tells
    child.stdin.end(JSON.stringify(settings));
    const port = await ready(child);
    const runtime = runtimeOf(env, control);
    const broker: RunningBroker = { ...processIdentity(child.pid ?? 0), port, token, control, runtime };
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

/**
 * Ends the broker that was started for a folder, if there is one, and waits until it is gone. One that cannot be asked ends
 * by its number, where that is surely still its own; else it ends by itself when the folder is gone.
 */
export async function stopBroker(folder: string, clock: Clock): Promise<void> {
  const broker = readBroker(folder);
  if (broker === undefined || !isRunning(broker)) return;
  const asked = (await askBroker(broker, 'DELETE'))?.status === 200;
  const giveUpAt = clock.now() + (asked ? STOP_MS : 0);
  while (isRunning(broker)) {
    if (clock.now() >= giveUpAt) {
      kill(broker);
      break;
    }
    await clock.sleep(20);
  }
  await rm(brokerFile(folder), { force: true });
}
