/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tools/dev/jest-strip.mjs' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  globalSetup: '<rootDir>/testbed/global-setup.mjs',
  globalTeardown: '<rootDir>/testbed/global-teardown.mjs',
  reporters: ['default', '<rootDir>/tools/dev/jest-summary-reporter.mjs'],
  testSequencer: '<rootDir>/tools/dev/jest-sequencer.mjs',
  testTimeout: 60_000,
};
