import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTlsFront, type TlsFront } from '../../../lab/tls-front.ts';
import {
  AnswerTooLargeError,
  HttpTimeoutError,
  sendHttp,
  sendWithin,
  wholeBody,
} from '../../../src/platform/http/http.ts';

const MEGABYTE = 1024 * 1024;
/** Milliseconds that no test reaches, unless its response never comes. */
const LONG = 4_000;
/** Milliseconds to wait for what never comes. */
const SHORT = 40;
/** Milliseconds that no connection within this machine takes, and a response takes longer. */
const CONNECT = 500;

/** What the server does with a request, by its path. */
const ANSWERS: Readonly<Record<string, http.RequestListener>> = {
  '/echo': ({ method, headers }, answer) =>
    answer.end(`${method} ${headers['x-test']} ${headers.connection}`),
  '/body': (question, answer) => question.pipe(answer),
  '/status': (_request, answer) => answer.writeHead(503).end('bytes \u00e9'),
  '/megabyte': (_request, answer) => answer.end(Buffer.alloc(MEGABYTE, 'x')),
  '/larger': (_request, answer) => answer.end(Buffer.alloc(MEGABYTE + 1, 'x')),
  '/half': (_request, answer) => {
    answer.writeHead(200, { 'content-length': '10' }).write('half');
    setTimeout(() => answer.destroy(), 5);
  },
  '/slow': (_request, answer) => setTimeout(() => answer.end('slow'), CONNECT + 100),
  '/never': () => {},
  '/endless': (_request, answer) => answer.writeHead(200).write('begin'),
};

let server: http.Server;
/** Accepts connections, and says nothing. */
let silent: net.Server;
let front: TlsFront;
const portOf = (one: net.Server) => (one.address() as AddressInfo).port;
const listen = (one: net.Server) => new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
const sockets = new Set<net.Socket>();

beforeAll(async () => {
  server = http.createServer((request, answer) => ANSWERS[request.url ?? '']?.(request, answer));
  silent = net.createServer((socket) => void sockets.add(socket));
  await Promise.all([listen(server), listen(silent)]);
  front = await startTlsFront(portOf(server), ['localhost']);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await Promise.all([server, silent].map((one) => new Promise((resolve) => one.close(resolve))));
  await front.close();
});

const NO_SIGNAL = new AbortController().signal;
const at = (path: string) => new URL(path, `http://127.0.0.1:${portOf(server)}`);
const request = (url: URL, more: Partial<Parameters<typeof sendWithin>[0]> = {}) => ({
  url,
  headers: { 'x-test': 'a' },
  signal: NO_SIGNAL,
  ...more,
});
const get = (path: string, connectMs = LONG, answerMs = LONG) =>
  sendWithin(request(at(path)), connectMs, answerMs);
/** An agent for a test, closed after it. */
async function withAgent<T, A extends http.Agent>(agent: A, work: (agent: A) => Promise<T>): Promise<T> {
  try {
    return await work(agent);
  } finally {
    agent.destroy();
  }
}

describe('a GET request', () => {
  test('sends its headers, and returns status and body', async () => {
    expect(await sendHttp(request(at('/echo')))).toMatchObject({ status: 200, body: 'GET a keep-alive' });
    expect(await get('/status')).toMatchObject({ status: 503, body: 'bytes \u00e9' });
  });

  test('uses the agent', async () => {
    await withAgent(new http.Agent({ keepAlive: false }), async (agent) => {
      const { body } = await sendWithin(request(at('/echo'), { agent }), LONG, LONG);
      expect(body).toBe('GET a close');
    });
    const secure = new URL(`https://localhost:${front.port}/echo`);
    await withAgent(new https.Agent({ keepAlive: true, ca: front.certificate }), async (agent) => {
      const { body } = await sendWithin(request(secure, { agent }), LONG, LONG);
      expect(body).toBe('GET a keep-alive');
    });
    await expect(sendWithin(request(secure), LONG, LONG)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  test('tells when it has been sent', async () => {
    const sent: string[] = [];
    await sendHttp(request(at('/echo'), { onSent: () => sent.push('sent') }));
    expect(sent).toEqual(['sent']);
  });

  test('returns a body of up to 1 MB', async () => {
    expect((await get('/megabyte')).body).toHaveLength(MEGABYTE);
    await expect(get('/larger')).rejects.toThrow(new AnswerTooLargeError());
  });

  test('rejects where nothing listens', async () => {
    const gone = net.createServer();
    await listen(gone);
    const url = new URL(`http://127.0.0.1:${portOf(gone)}`);
    await new Promise((resolve) => gone.close(resolve));
    await expect(sendWithin(request(url), LONG, LONG)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('rejects when the connection closes half-way', async () => {
    // Node.js reports this as an error of the response, or not at all.
    await expect(get('/half')).rejects.toThrow(
      /^(aborted|the connection closed before the response was complete)$/,
    );
  });

  test('rejects with the reason of its signal, before and during the request', async () => {
    const reason = new RangeError('enough');
    const aborted = request(at('/never'), { signal: AbortSignal.abort(reason) });
    await expect(sendWithin(aborted, LONG, LONG)).rejects.toBe(reason);
    const controller = new AbortController();
    const { signal } = controller;
    const running = sendWithin(request(at('/never'), { signal }), LONG, LONG);
    setTimeout(() => controller.abort(reason), 5);
    await expect(running).rejects.toBe(reason);
  });

  test('leaves no timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await get('/status');
    await get('/larger').catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

test('a request with a body is a POST request', async () => {
  const post = (path: string, body: string) => sendHttp(request(at(path), { body }));
  expect((await post('/echo', 'bytes é')).body).toBe('POST a keep-alive');
  expect((await post('/body', 'bytes é')).body).toBe('bytes é');
  expect((await post('/echo', '')).body).toBe('POST a keep-alive');
});

describe('a request that takes too long', () => {
  const connection = new HttpTimeoutError(`no connection within ${SHORT / 1000} s`);
  const answer = new HttpTimeoutError(`no complete response within ${SHORT / 1000} s`);

  test('to open a TLS connection', async () => {
    const url = new URL(`https://127.0.0.1:${portOf(silent)}`);
    await expect(sendWithin(request(url), SHORT, LONG)).rejects.toThrow(connection);
  });

  test.each(['/never', '/endless'])('to receive the complete response: %s', async (path) => {
    await expect(get(path, LONG, SHORT)).rejects.toThrow(answer);
  });

  test('has a limit for the response from its connection on', () =>
    withAgent(new http.Agent({ keepAlive: true }), async (agent) => {
      const slow = { status: 200, body: 'slow' };
      const kept = request(at('/slow'), { agent });
      const first = sendWithin(kept, CONNECT, LONG);
      expect(await Promise.all([get('/slow', CONNECT, LONG), first])).toMatchObject([slow, slow]);
      // This request has the connection of the first.
      expect(await sendWithin(kept, CONNECT, LONG)).toMatchObject(slow);
      await expect(sendWithin(request(at('/never'), { agent }), LONG, SHORT)).rejects.toThrow(answer);
    }));

  test('over TLS has a limit for the response from the handshake on', () =>
    withAgent(new https.Agent({ keepAlive: true, ca: front.certificate }), async (agent) => {
      const url = new URL(`https://localhost:${front.port}/never`);
      await expect(sendWithin(request(url, { agent }), LONG, SHORT)).rejects.toThrow(answer);
    }));
});

describe('a whole body', () => {
  const bytes = (...lengths: readonly number[]) =>
    Readable.from(lengths.map((length) => Buffer.alloc(length, 'x')));

  test('has up to 1 MB, in any number of pieces', async () => {
    expect(String(await wholeBody(bytes(1, 2), LONG))).toBe('xxx');
    expect(await wholeBody(bytes(MEGABYTE - 1, 1), LONG)).toHaveLength(MEGABYTE);
    const larger = bytes(MEGABYTE, 1);
    await expect(wholeBody(larger, LONG)).rejects.toThrow(new AnswerTooLargeError());
    expect(larger.destroyed).toBe(true);
  });

  test('arrives in time, or not at all', async () => {
    const body = new Readable({ read() {} });
    await expect(wholeBody(body, SHORT)).rejects.toThrow(
      new HttpTimeoutError(`no complete response within ${SHORT / 1000} s`),
    );
  });

  test('passes on the error of its stream', async () => {
    const broken = new RangeError('x');
    const body = new Readable({ read: () => body.destroy(broken) });
    await expect(wholeBody(body, LONG)).rejects.toBe(broken);
  });

  test('leaves no timer', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    await wholeBody(bytes(1), LONG);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

test('errors have names of their own', () => {
  expect([new HttpTimeoutError('x').name, new AnswerTooLargeError().name]).toEqual([
    'HttpTimeoutError',
    'AnswerTooLargeError',
  ]);
  expect(new AnswerTooLargeError().message).toBe('a response of more than 1048576 bytes');
});
