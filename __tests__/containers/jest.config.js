import base from '../../jest.config.js';

/** Containers as the runner starts them: `npm run containers` makes the machine that they run on. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/containers/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 120_000,
  // A client that finds no broker tries for seconds.
  maxConcurrency: 6,
};
