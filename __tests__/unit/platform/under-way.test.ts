import { expect, test } from '@jest/globals';
import type { HttpRequest } from '../../../src/platform/http/http.ts';
import { watchRequests } from '../../../src/platform/http/under-way.ts';
import { turns } from '../../support/turns.ts';

const REQUEST = { url: new URL('https://a.test/'), headers: {}, signal: new AbortController().signal };

/** Requests that the test sends, answers, and fails. */
function watched() {
  const { promise: answer, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  let sent: HttpRequest['onSent'];
  const { http, underWay } = watchRequests((request) => {
    sent = request.onSent;
    return answer;
  });
  let isUnderWay = false;
  void underWay().then(() => {
    isUnderWay = true;
  });
  return { http, send: () => sent?.(), resolve, reject, isUnderWay: () => isUnderWay };
}

test('without a request, other work does not wait', async () => {
  const { isUnderWay } = watched();
  await turns();
  expect(isUnderWay()).toBe(true);
});

test('other work waits until a request of the same turn has been written', async () => {
  const { http, send, resolve, isUnderWay } = watched();
  const answer = http(REQUEST);
  await turns();
  expect(isUnderWay()).toBe(false);
  send();
  await turns();
  expect(isUnderWay()).toBe(true);
  resolve({ status: 200, body: 'x' });
  expect(await answer).toEqual({ status: 200, body: 'x' });
});

test('other work does not wait for a request that has failed', async () => {
  const { http, reject, isUnderWay } = watched();
  const answer = http(REQUEST);
  reject(new Error('refused'));
  await expect(answer).rejects.toThrow('refused');
  await turns();
  expect(isUnderWay()).toBe(true);
});
