import { createHmac } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { type ContainerEndpoint, isContainerEndpoint } from '../../aws/container-endpoints.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Environment } from '../../platform/environment.ts';
import { hasOwnFolder, readOwnFile } from '../../platform/files/own-folder.ts';
import { replaceFile } from '../../platform/files/replace-file.ts';
import { parseJson } from '../../platform/json.ts';
import { isRunning, kill, type ProcessIdentity } from '../../platform/processes.ts';
import { commandBroker } from './broker-client.ts';

/** A broker process, as later steps find it in the folder of the step that started it. */
export interface RunningBroker extends ProcessIdentity {
  readonly address: ContainerEndpoint;
  readonly port: number;
  /** The token that SDKs send. */
  readonly token: string;
  /** The secret that steps and broker prove to each other; see `handshake.ts`. */
  readonly control: string;
  readonly runtime: string;
}

const brokerFile = (folder: string) => path.join(folder, 'broker.json');

export async function writeBroker(folder: string, broker: RunningBroker): Promise<void> {
  await replaceFile(brokerFile(folder), JSON.stringify(broker), 0o600);
}

/** The brokers that earlier steps of this job started, apart from that in `folder`. */
export async function brokersOfOtherSteps(
  folder: string,
  env: Environment,
): Promise<readonly RunningBroker[]> {
  const parent = path.dirname(folder);
  const folders = (await readdir(parent))
    .map((name) => path.join(parent, name))
    .filter((other) => other !== folder && orUndefined(() => hasOwnFolder(other, env)));
  return folders.flatMap((other) => readBroker(other) ?? []);
}

function readBroker(folder: string): RunningBroker | undefined {
  const text = orUndefined(() => readOwnFile(brokerFile(folder)));
  const found = (parseJson(text ?? '') ?? {}) as Partial<RunningBroker>;
  const { pid = 0, startedAt, address, port = 0, token, control, runtime } = found;
  const isComplete =
    [pid, port].every((value) => Number.isSafeInteger(value) && value > 1) &&
    port < 65_536 &&
    isContainerEndpoint(address) &&
    [token, control, runtime].every((value) => typeof value === 'string') &&
    ['string', 'undefined'].includes(typeof startedAt);
  return isComplete ? (found as RunningBroker) : undefined;
}

/** Another process can put anything in place of the folder or the file, which then is not used. */
function orUndefined<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Variables that Node.js itself reads for its connections, and the bearer token: a stored plan cannot contain them. */
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

/** A fingerprint of the environment: a step joins a broker only if its own environment has the same one. */
export function runtimeOf(env: Environment, control: string): string {
  const values = RUNTIME_VARIABLES.map((name) => env[name] ?? '');
  return createHmac('sha256', control).update(JSON.stringify(values)).digest('base64url');
}

const STOP_TIMEOUT_MS = 3_000;

/**
 * Stops the broker that was started for a folder, if there is one, and waits until it has ended. A broker that does not
 * answer is killed, unless another process may have its ID now; then it stops when it finds its folder removed.
 */
export async function stopBroker(folder: string, clock: Clock): Promise<void> {
  const broker = readBroker(folder);
  if (broker === undefined || !isRunning(broker)) return;
  const answer = await commandBroker(broker, { method: 'DELETE', body: '' });
  const giveUpAt = clock.now() + (answer?.status === 200 ? STOP_TIMEOUT_MS : 0);
  while (isRunning(broker)) {
    if (clock.now() >= giveUpAt) {
      kill(broker);
      break;
    }
    await clock.sleep(20);
  }
  await rm(brokerFile(folder), { force: true });
}
