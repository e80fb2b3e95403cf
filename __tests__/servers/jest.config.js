import base from '../../jest.config.js';

/** Servers with an STS of their own: `npm run servers` builds them first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/servers/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
