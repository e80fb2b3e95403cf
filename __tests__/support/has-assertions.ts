import { beforeEach, expect } from '@jest/globals';

/** A test without an assertion proves nothing, so it fails. The checks of `harness.ts` in each step do not count. */
beforeEach(() => expect.hasAssertions());
