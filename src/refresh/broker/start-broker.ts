import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { CREDENTIAL_VARIABLES } from '../../aws/client-variables.ts';
import { type ContainerEndpoint, LOOPBACK } from '../../aws/container-endpoints.ts';
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

/** The base URL of all profiles, and the token for it. */
type Served = { readonly url: string; readonly token: string };

/** What a step wants of a broker. */
interface Wanted {
  readonly address: ContainerEndpoint;
  /** Whether another step's broker can serve the plan: not when it needs the environment of this step. */
  readonly canJoin: boolean;
}

/**
 * Serves the plan in `folder` by the broker of an earlier step of this job, if there is one; otherwise starts a broker,
 * which outlives this process.
 *
 * @throws ActionError `BROKER_NOT_STARTED`
 */
export async function serveByBroker(
  folder: string,
  { address, canJoin }: Wanted,
  host: Host,
): Promise<Served> {
  const joined = canJoin ? await joinBroker(folder, address, host) : undefined;
  if (joined !== undefined) return joined;
  const broker = await startBroker(folder, address, host);
  return { url: urlOf(broker), token: broker.token };
}

const urlOf = ({ address, port }: RunningBroker) => `http://${address}:${port}`;

async function joinBroker(
  folder: string,
  address: ContainerEndpoint,
  { env, runner }: Host,
): Promise<Served | undefined> {
  for (const broker of await brokersOfOtherSteps(folder, env)) {
    if (broker.address !== address) continue;
    if (broker.runtime !== runtimeOf(env, broker.control) || !isRunning(broker)) continue;
    const answer = await commandBroker(broker, { method: 'PUT', body: planFile(folder) });
    const { base } = (parseJson(answer?.body ?? '') ?? {}) as { base?: unknown };
    if (answer?.status !== 200 || typeof base !== 'string') continue;
    runner.mask(broker.token);
    return { url: urlOf(broker) + base, token: broker.token };
  }
  return undefined;
}

async function startBroker(
  folder: string,
  address: ContainerEndpoint,
  { node, programs, env, runner }: Host,
): Promise<RunningBroker> {
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
    address,
    token,
    control,
    step: process.pid,
    job: process.ppid,
  };
  try {
    child.stdin.on('error', () => {}); // it exited before it read: portOf reports that
    child.stdin.end(JSON.stringify(settings));
    const port = await portOf(child, address);
    const identity = processIdentity(child.pid ?? 0);
    const broker = { ...identity, address, port, token, control, runtime: runtimeOf(env, control) };
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

/** The port, which a broker writes to its standard output once it listens, or the code of the error that stops it. */
function portOf(child: ChildProcess, address: ContainerEndpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (found: string) => {
      clearTimeout(timer);
      const details = {
        problem: 'The broker for refresh: broker did not start.',
        found,
        expected: `a process that listens on a port of ${address}`,
        remedy:
          address === LOOPBACK
            ? 'Check that the runner can start processes and listen on the loopback interface, or use refresh: process.'
            : `Give the runner this address before the step, on Linux with "sudo ip address replace ${address}/32 dev lo", or remove broker-address.`,
      };
      reject(new ActionError('BROKER_NOT_STARTED', details));
    };
    const timer = setTimeout(() => fail(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    let line = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      line += chunk.toString();
      if (!line.endsWith('\n')) return;
      clearTimeout(timer);
      if (/^\d+$/m.test(line)) resolve(Number(line));
      else fail(`a process that failed (${line.trim()})`);
    });
    child.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    child.on('exit', (code, signal) => fail(`a process that exited (${code ?? signal})`));
  });
}
