import base from '../../jest.config.js';

/** The action that this one replaces, beside it: `npm run drop-in` says where that has to be. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/drop-in/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // Each situation is some processes one after the other, half of them large ones.
  testTimeout: 120_000,
  maxConcurrency: 2,
};
