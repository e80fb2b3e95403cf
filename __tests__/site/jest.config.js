import base from '../../jest.config.js';

/** Tests of the page in a browser: `npm run site:test` builds the page first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/site/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
