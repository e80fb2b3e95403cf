import base from '../../jest.config.js';

/** Workflows on `act`, which needs more than Node: `npm run workflows` installs it first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/workflows/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
