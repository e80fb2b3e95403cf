import base from '../../jest.config.js';

/** Real AWS clients, which need more than Node: `npm run clients` installs them first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/clients/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // Each test that runs beside others starts all clients at once.
  maxConcurrency: 3,
};
