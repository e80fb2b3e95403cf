import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Makes it a POST request. */
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly agent?: http.Agent;
  /** Called when the request is on its way, from when on there is time for other work. */
  readonly onSent?: () => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request. Rejects with the signal's reason, or with Node's error when the connection fails. */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

/** Milliseconds to open a connection, and from then on to receive the complete response. */
export const CONNECT_TIMEOUT_MS = 5_000;
export const ANSWER_TIMEOUT_MS = 10_000;

const MAX_BODY_BYTES = 1024 * 1024;

/** The response did not arrive in time. Transient, like a broken connection. */
export class HttpTimeoutError extends Error {
  override readonly name = 'HttpTimeoutError';
}

/** The response is larger than any valid one. Another attempt would return the same. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor() {
    super(`a response of more than ${MAX_BODY_BYTES} bytes`);
  }
}

/**
 * Reads a complete response body of at most 1 MB within `milliseconds`.
 *
 * @throws AnswerTooLargeError, HttpTimeoutError, or the stream's own error
 */
export async function wholeBody(body: Readable, milliseconds: number): Promise<Buffer> {
  const timer = destroyAfter(milliseconds, body, 'complete response');
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

function destroyAfter(milliseconds: number, stream: { destroy(error: Error): unknown }, missing: string) {
  const timeout = () => stream.destroy(new HttpTimeoutError(`no ${missing} within ${milliseconds / 1000} s`));
  return setTimeout(timeout, milliseconds);
}

export const sendHttp: HttpSend = (request) => sendWithin(request, CONNECT_TIMEOUT_MS, ANSWER_TIMEOUT_MS);

/** As {@link sendHttp}, with limits for connection and response in milliseconds. */
export const sendWithin = (
  { url, headers, body, signal, agent, onSent = () => {} }: HttpRequest,
  connectMs: number,
  answerMs: number,
): Promise<HttpResponse> =>
  new Promise((resolve, reject) => {
    const { request: open } = url.protocol === 'https:' ? https : http;
    const request = open(url, { method: body === undefined ? 'GET' : 'POST', headers, signal, agent });
    const limit = (milliseconds: number, what: string) => destroyAfter(milliseconds, request, what);
    let timer = limit(connectMs, 'connection');
    request.on('socket', (socket) => {
      const connected = () => {
        clearTimeout(timer);
        timer = limit(answerMs, 'complete response');
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
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    request.on('close', () => {
      clearTimeout(timer);
      // A connection that closes half-way emits no `end`, and not always `error`.
      reject(new Error('the connection closed before the response was complete'));
    });
    request.on('finish', onSent);
    request.end(body);
  });
