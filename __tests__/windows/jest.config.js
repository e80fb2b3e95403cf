import base from '../../jest.config.js';

/** The built programs on Wine: `npm run windows` installs it first. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/__tests__/windows/**/*.test.ts'],
  testPathIgnorePatterns: [],
};
