import { expect, test } from '@jest/globals';
import { newRequestId } from '../../../lab/request-id.ts';

test('each request has an ID of its own, which cannot be taken for an account ID', () => {
  const ids = Array.from({ length: 2_000 }, newRequestId);
  expect(new Set(ids).size).toBe(2_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{11}a$/);
});
