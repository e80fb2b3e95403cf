/** Tests are TypeScript modules run as they stand: swc strips the types, Node's own ESM loader does the rest. */
export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // Real clients, runners and the other action need more than Node and have configurations of their own.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/__tests__/clients/',
    '<rootDir>/__tests__/drop-in/',
    '<rootDir>/__tests__/workflows/',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testTimeout: 30_000,
  // End-to-end tests start real processes; more workers than cores only makes them wait for each other.
  maxWorkers: 2,
};
