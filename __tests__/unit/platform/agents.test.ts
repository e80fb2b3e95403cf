import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startForwardProxy } from '../../../lab/forward-proxy.ts';
import { startTlsFront, type TlsFront } from '../../../lab/tls-front.ts';
import { agentPool } from '../../../src/platform/http/agents.ts';
import { sendHttp } from '../../../src/platform/http/http.ts';
import { proxiedHttp } from '../../../src/platform/http/proxied-http.ts';
import { proxySettings } from '../../../src/platform/http/proxy-settings.ts';
import { turns } from '../../support/turns.ts';

const { signal } = new AbortController();
const settings = (proxy?: string, noProxy = '') =>
  proxySettings({ httpProxy: proxy === undefined ? undefined : new URL(proxy), noProxy });

let server: http.Server;
let front: TlsFront;
let plain: URL;
let secure: URL;
/** The port of the client of each request in this test. */
const clients: number[] = [];
let openedBefore: number;
const trusted = tls.getCACertificates('default');
const used: http.Agent[] = [];

beforeAll(async () => {
  server = http.createServer(({ socket }, answer) => {
    clients.push(socket.remotePort ?? 0);
    answer.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  front = await startTlsFront(port, ['localhost']);
  plain = new URL(`http://127.0.0.1:${port}/`);
  secure = new URL(`https://localhost:${front.port}/`);
  tls.setDefaultCACertificates([front.certificate]);
});
beforeEach(() => {
  openedBefore = front.connections.length;
  clients.length = 0;
});
afterEach(() => {
  for (const agent of used.splice(0)) agent.destroy();
});
afterAll(async () => {
  tls.setDefaultCACertificates(trusted);
  server.closeAllConnections();
  await front.close();
  await new Promise((resolve) => server.close(resolve));
});

/** The number of TLS connections in this test. */
const opened = () => front.connections.length - openedBefore;

async function get(pool: ReturnType<typeof agentPool>, url: URL): Promise<void> {
  const agent = await pool.agentFor(url);
  used.push(agent);
  expect(await sendHttp({ url, headers: {}, signal, agent })).toMatchObject({ status: 200, body: 'ok' });
}

/** Waits until there is a TLS connection, or for a second. */
async function firstConnection(): Promise<void> {
  for (let look = 0; look < 200 && opened() === 0; look++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  expect(opened()).toBe(1);
}

/** The number of connections of the server, those through TLS too, once it is as expected, or after a second. */
async function openConnections(expected: number): Promise<number> {
  const count = () =>
    new Promise<number>((resolve) => server.getConnections((_error, open) => resolve(open)));
  for (let look = 0; look < 200 && (await count()) !== expected; look++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return count();
}

describe('without a proxy', () => {
  test('all requests to a server share a connection', async () => {
    const pool = agentPool(settings());
    for (const url of [plain, plain]) await get(pool, url);
    expect(new Set(clients).size).toBe(1);
    for (const url of [secure, secure]) await get(pool, url);
    expect(opened()).toBe(1);
    const agents = [await pool.agentFor(plain), await pool.agentFor(secure)];
    // The limit is that of the requests, max-parallel.
    expect(agents.map(({ maxSockets }) => maxSockets)).toEqual([Infinity, Infinity]);
  });

  test('clients of the SDK get the same agents', async () => {
    const pool = agentPool(settings());
    for (const url of [plain, secure]) {
      const agent = await pool.agentFor(url);
      const { httpAgent, httpsAgent } = await pool.agentsFor(url);
      expect([httpAgent === agent, httpsAgent === agent]).toEqual([true, true]);
    }
  });
});

test('a pool that is closed has no connections, not even one that no request has used', async () => {
  const pool = agentPool(settings());
  const agent = await pool.agentFor(plain);
  expect(await sendHttp({ url: plain, headers: {}, signal, agent })).toMatchObject({ status: 200 });
  pool.connectEarly(secure);
  await firstConnection();
  expect(await openConnections(2)).toBe(2);
  pool.close();
  expect(await openConnections(0)).toBe(0);
  expect(() => agentPool(settings()).close()).not.toThrow();
});

describe('a connection ahead of its request', () => {
  test('is used by the first request, and by no second at the same time', async () => {
    const pool = agentPool(settings());
    pool.connectEarly(secure);
    pool.connectEarly(secure);
    await firstConnection();
    await get(pool, secure);
    expect(opened()).toBe(1);
    await Promise.all([get(pool, secure), get(pool, secure)]);
    expect(opened()).toBe(2);
  });

  test('is used while it is still being opened', async () => {
    const pool = agentPool(settings());
    pool.connectEarly(secure);
    await get(pool, secure);
    expect(opened()).toBe(1);
  });

  test('is not opened without TLS', async () => {
    let accepted = 0;
    const count = () => void accepted++;
    server.on('connection', count);
    const pool = agentPool(settings());
    pool.connectEarly(plain);
    await get(pool, plain);
    server.off('connection', count);
    expect(accepted).toBe(1);
  });

  test('is not forgotten when an earlier one closes', async () => {
    const pool = agentPool(settings());
    pool.connectEarly(secure);
    await get(pool, secure);
    pool.connectEarly(secure);
    (await pool.agentFor(secure)).destroy();
    await turns();
    await get(pool, secure);
    expect(opened()).toBe(2);
  });

  test('that the server closes is forgotten', async () => {
    const pool = agentPool(settings());
    const accepted = once(server, 'connection');
    pool.connectEarly(secure);
    const [socket] = await accepted;
    await firstConnection();
    socket.destroy();
    await turns();
    await get(pool, secure);
    expect(opened()).toBe(2);
  });

  test('that was never open is forgotten', async () => {
    let accepted = 0;
    const closing = net.createServer((socket) => {
      accepted++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const url = new URL(`https://127.0.0.1:${(closing.address() as AddressInfo).port}`);
    const pool = agentPool(settings());
    pool.connectEarly(url);
    for (let look = 0; look < 200 && accepted < 1; look++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await turns();
    await expect(get(pool, url)).rejects.toThrow();
    expect(accepted).toBe(2);
    await new Promise((resolve) => closing.close(resolve));
  });
});

describe('with a proxy', () => {
  test('targets go through it, over the same agents, unless they are exempt', async () => {
    const proxy = await startForwardProxy({ ports: { localhost: front.port } });
    try {
      const pool = agentPool(settings(proxy.url, 'localhost'));
      await get(pool, plain);
      expect(proxy.requests).toHaveLength(1);
      expect(await pool.agentFor(plain)).toBe(await pool.agentFor(plain));
      await get(pool, secure);
      expect(proxy.requests).toHaveLength(1);
      expect(await pool.agentFor(secure)).not.toBe(await pool.agentFor(plain));
    } finally {
      await proxy.close();
    }
  });

  test('TLS goes through it, too, and no connection is opened ahead', async () => {
    const proxy = await startForwardProxy({ ports: { localhost: front.port } });
    try {
      const pool = agentPool(settings(proxy.url));
      pool.connectEarly(secure);
      await get(pool, secure);
      expect(proxy.requests).toHaveLength(1);
      expect(opened()).toBe(1);
    } finally {
      await proxy.close();
    }
  });

  test('a pool that is closed has no connections', async () => {
    const proxy = await startForwardProxy({ ports: { localhost: front.port } });
    try {
      const pool = agentPool(settings(proxy.url));
      const agent = await pool.agentFor(secure);
      expect(await sendHttp({ url: secure, headers: {}, signal, agent })).toMatchObject({ status: 200 });
      expect(await openConnections(1)).toBe(1);
      pool.close();
      expect(await openConnections(0)).toBe(0);
    } finally {
      await proxy.close();
    }
  });

  test('a connection to an exempt target is opened ahead', async () => {
    agentPool(settings('http://127.0.0.1:9', 'localhost')).connectEarly(secure);
    await firstConnection();
  });
});

test('the secrets of a proxy are masked before a request, and requests have the agents of their target', async () => {
  const masks: string[] = [];
  const requests: unknown[] = [];
  const { http: get, agentFor } = proxiedHttp(
    settings('http://user:p%40ss@127.0.0.1:9', 'localhost'),
    async (request) => {
      requests.push(request);
      return { status: 204, body: '' };
    },
    (secret) => masks.push(secret),
  );
  expect(masks).toEqual(['p%40ss', 'p@ss', 'dXNlcjpwQHNz']);
  const request = { url: secure, headers: { a: 'b' }, signal };
  expect(await get(request)).toEqual({ status: 204, body: '' });
  expect(requests).toEqual([{ ...request, agent: await agentFor(secure) }]);
  expect(proxiedHttp(settings(), sendHttp, (secret) => masks.push(secret))).toHaveProperty('http');
  expect(masks).toHaveLength(3);
});
