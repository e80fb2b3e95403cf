import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { CREDENTIAL_VARIABLES } from '../../aws/client-variables.ts';
import type { Environment } from '../../platform/environment.ts';
import { ActionError } from '../../platform/errors.ts';
import type { Host } from '../../platform/host/host.ts';
import { parseJson } from '../../platform/json.ts';
import { isRunning, processIdentity } from '../../platform/processes.ts';
import { planFile } from '../stored/stored-plan.ts';
import { commandBroker } from './broker-client.ts';
import { newSecret } from './handshake.ts';
import type { BrokerSettings } from './run-broker.ts';
import { brokersOfOtherSteps, type RunningBroker, runtimeOf, writeBroker } from './running-broker.ts';

/** Where a broker serves the sessions of a plan. */
export interface BrokerAddress {
  readonly url: string;
  readonly token: string;
}

/**
 * Serves the plan in `folder` by the broker of an earlier step of this job, if there is one; otherwise starts a broker,
 * which outlives this process.
 *
 * @param canJoin whether another step's broker can serve the plan: not when it needs the environment of this step
 * @throws ActionError `BROKER_NOT_STARTED`
 */
export async function serveByBroker(folder: string, canJoin: boolean, host: Host): Promise<BrokerAddress> {
  const joined = canJoin ? await joinBroker(folder, host) : undefined;
  if (joined !== undefined) return joined;
  const { port, token } = await startBroker(folder, host);
  return { url: `http://127.0.0.1:${port}`, token };
}

async function joinBroker(folder: string, { env, runner }: Host): Promise<BrokerAddress | undefined> {
  for (const broker of await brokersOfOtherSteps(folder, env)) {
    if (broker.runtime !== runtimeOf(env, broker.control) || !isRunning(broker)) continue;
    const answer = await commandBroker(broker, { method: 'PUT', body: planFile(folder) });
    const { base } = (parseJson(answer?.body ?? '') ?? {}) as { base?: unknown };
    if (answer?.status !== 200 || typeof base !== 'string') continue;
    runner.mask(broker.token);
    return { url: `http://127.0.0.1:${broker.port}${base}`, token: broker.token };
  }
  return undefined;
}

async function startBroker(folder: string, { node, programs, env, runner }: Host): Promise<RunningBroker> {
  const [token, control] = [newSecret(), newSecret()];
  runner.mask(token);
  const child = spawn(node, [path.join(programs, 'broker', 'index.js')], {
    // Windows does not remove the current folder of a process.
    cwd: path.parse(folder).root,
    env: brokerEnvironment(env),
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
    child.stdin.on('error', () => {}); // it exited before it read: portOf reports that
    child.stdin.end(JSON.stringify(settings));
    const port = await portOf(child);
    const identity = processIdentity(child.pid ?? 0);
    const broker = { ...identity, port, token, control, runtime: runtimeOf(env, control) };
    await writeBroker(folder, broker);
    return broker;
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  } finally {
    child.stdout.destroy();
    child.unref();
  }
}

/** Without inputs and keys: the broker outlives the step, and finds what it needs of them in the plan. */
function brokerEnvironment(env: Environment): Environment {
  const isKey = (name: string) => CREDENTIAL_VARIABLES.some((key) => key === name);
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('INPUT_') && !isKey(name)),
  );
}

const START_TIMEOUT_MS = 15_000;

/** The port, which a broker writes to its standard output once it listens. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (found: string) => {
      clearTimeout(timer);
      reject(notStarted(found));
    };
    const timer = setTimeout(() => fail(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    let line = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      line += chunk.toString();
      if (!line.endsWith('\n')) return;
      clearTimeout(timer);
      resolve(Number(line));
    });
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    child.on('exit', (code, signal) => fail(`a process that exited (${code ?? signal})`));
  });
}

function notStarted(found: string): ActionError {
  return new ActionError('BROKER_NOT_STARTED', {
    problem: 'The broker for refresh: broker did not start.',
    found,
    expected: 'a process that listens on a port of 127.0.0.1',
    remedy:
      'Check that the runner can start processes and listen on the loopback interface, or use refresh: process.',
  });
}
