import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import type { Agents } from './agents.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Node's own when left out. */
  readonly agents?: Agents;
}

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends a GET request. Rejects with the signal's reason, or with Node's own error when the way there is broken. */
export type HttpGet = (request: HttpRequest) => Promise<HttpResponse>;

/** Milliseconds until a connection has to stand, and until an answer has to be complete after that. */
export const CONNECT_TIMEOUT_MS = 5_000;
export const ANSWER_TIMEOUT_MS = 10_000;

/** More than any token or error page needs. */
const MAX_BODY_BYTES = 1024 * 1024;

/** An answer that did not come in time; a fault on the way, like a broken connection. */
export class HttpTimeoutError extends Error {
  override readonly name = 'HttpTimeoutError';
}

/** An answer that is larger than any that is meant; it would come again. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor() {
    super(`an answer of more than ${MAX_BODY_BYTES} bytes`);
  }
}

/**
 * Reads the body of an answer to its end, of at most 1 MB and within `milliseconds`, however slowly it comes.
 *
 * @throws AnswerTooLargeError, HttpTimeoutError, or the stream's own error
 */
export async function wholeBody(body: Readable, milliseconds: number): Promise<Buffer> {
  const timer = setTimeout(
    () => body.destroy(new HttpTimeoutError(`no complete answer within ${milliseconds / 1000} s`)),
    milliseconds,
  );
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the stream, and the connection with it.
      if (size > MAX_BODY_BYTES) throw new AnswerTooLargeError();
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

export const nodeHttpGet: HttpGet = ({ url, headers, signal, agents }) =>
  new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.request(url, { headers, signal, agent: agents?.httpsAgent })
        : http.request(url, { headers, signal, agent: agents?.httpAgent });
    const limit = (milliseconds: number, what: string) =>
      setTimeout(
        () => request.destroy(new HttpTimeoutError(`no ${what} within ${milliseconds / 1000} s`)),
        milliseconds,
      );
    let timer = limit(CONNECT_TIMEOUT_MS, 'connection');
    request.on('socket', (socket) => {
      const connected = () => {
        clearTimeout(timer);
        timer = limit(ANSWER_TIMEOUT_MS, 'complete answer');
      };
      if (socket.connecting) socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) request.destroy(new AnswerTooLargeError());
        else chunks.push(chunk);
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      );
      response.on('error', reject);
    });
    request.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    request.on('close', () => {
      clearTimeout(timer);
      // A connection that ends half-way emits neither `end` nor, always, `error`.
      reject(new Error('the connection closed before the answer was complete'));
    });
    request.end();
  });
