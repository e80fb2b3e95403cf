/**
 * Minimum coverage of each room of pure logic, in percent of statements and of branches. The unit tests reach a little
 * more; the property tests vary with their random values.
 */
const COVERAGE = {
  aws: [99, 95],
  config: [90, 83],
  diagnosis: [98, 96],
  plan: [99, 97],
  platform: [97, 93],
  session: [98, 94],
  'shared-config': [94, 85],
  trust: [98, 90],
};
const rooms = Object.entries(COVERAGE);

/** swc strips the types from each test and module. Node's ESM loader does the rest. */
export default {
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // Real clients, containers, runners, browsers, Wine and configure-aws-credentials need more than Node. They have their own configurations.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/__tests__/clients/',
    '<rootDir>/__tests__/containers/',
    '<rootDir>/__tests__/drop-in/',
    '<rootDir>/__tests__/servers/',
    '<rootDir>/__tests__/site/',
    '<rootDir>/__tests__/windows/',
    '<rootDir>/__tests__/workflows/',
  ],
  // Copies of the project.
  modulePathIgnorePatterns: ['<rootDir>/.cache/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2024',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  reporters: ['default', '<rootDir>/__tests__/support/input-coverage.ts'],
  testSequencer: '<rootDir>/__tests__/support/longest-first.ts',
  setupFilesAfterEnv: ['<rootDir>/__tests__/support/has-assertions.ts'],
  testTimeout: 30_000,
  maxWorkers: 3,
  // For `npm run coverage`. Istanbul counts statements. V8 counts the lines of comments and interfaces too, and misses a
  // `return` on the line of its `if`.
  coverageProvider: 'babel',
  coverageDirectory: '.cache/coverage',
  coverageReporters: ['html', 'text-summary'],
  collectCoverageFrom: rooms.map(([room]) => `src/${room}/**/*.ts`),
  // Other systems skip some tests.
  ...(process.platform === 'linux' && {
    coverageThreshold: Object.fromEntries(
      rooms.map(([room, [statements, branches]]) => [`./src/${room}/`, { statements, branches }]),
    ),
  }),
};
