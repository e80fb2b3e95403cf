import { randomUUID } from 'node:crypto';

/** The ID of a request, as AWS has it. It never ends with twelve digits: tests that look for account IDs would find one. */
export function newRequestId(): string {
  return `${randomUUID().slice(0, -1)}a`;
}
