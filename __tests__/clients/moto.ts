import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { until } from '../support/refresh.ts';
import { PYTHON_BIN } from './clients.ts';

/** A moto server: services of AWS that others wrote. */
export interface Moto {
  readonly url: string;
  /** Removes all resources. */
  reset(): Promise<void>;
  stop(): void;
}

/**
 * Starts moto. With an account ID, all requests are for this account, whoever signs them.
 *
 * @param managedPolicies whether moto knows AWS's own policies; it then needs seconds for each new account
 */
export async function startMoto(accountId?: string, managedPolicies = true): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(path.join(PYTHON_BIN, 'moto_server'), ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ...(managedPolicies && { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' }),
      ...(accountId === undefined ? {} : { MOTO_ACCOUNT_ID: accountId }),
    },
  });
  server.unref();
  await untilAnswered(url);
  return {
    url,
    reset: async () => void (await fetch(`${url}/moto-api/reset`, { method: 'POST' })),
    stop: () => void server.kill('SIGKILL'),
  };
}

/** Waits until a server answers, whatever it answers. */
export async function untilAnswered(url: string): Promise<void> {
  const answers = () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  await until(answers, 60);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
