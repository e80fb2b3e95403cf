import { expect, test } from '@jest/globals';
import { isContainerEndpoint } from '../../../src/aws/container-endpoints.ts';

test.each([
  ['127.0.0.1', true],
  ['169.254.170.2', true],
  ['169.254.170.23', true],
  ['169.254.169.254', false],
  ['0.0.0.0', false],
  ['', false],
  [undefined, false],
])('AWS SDKs accept credentials over HTTP from %p: %s', (address, expected) => {
  expect(isContainerEndpoint(address)).toBe(expected);
});
