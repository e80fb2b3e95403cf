import type { HttpSend } from './http.ts';

/**
 * Watches requests, so that other work can wait until they are on their way: loading code holds up the whole process, and
 * a request that is not yet written would lose that time.
 */
export function watchRequests(send: HttpSend) {
  let latest: Promise<void> = Promise.resolve();
  const http: HttpSend = (request) => {
    const { promise, resolve: written } = Promise.withResolvers<void>();
    latest = promise;
    return send({ ...request, onSent: written }).finally(written);
  };
  /** Resolves when the request that the caller starts in the same turn, if any, is on its way or has ended. */
  const underWay = async () => {
    await new Promise(setImmediate);
    await latest;
  };
  return { http, underWay };
}
