import { expect, test } from '@jest/globals';
import { requestSuffix } from '../../../src/aws/request-id.ts';

test.each([
  ['a-1', ' (request a-1)'],
  ['', ''],
  [undefined, ''],
])('the request ID %j ends a message with %j', (requestId, suffix) => {
  expect(requestSuffix(requestId)).toBe(suffix);
});
