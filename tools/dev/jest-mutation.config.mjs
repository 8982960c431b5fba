import path from 'node:path';

/**
 * The decisions' own tests, which need no server: mutation testing runs them hundreds of times.
 * @type {import('jest').Config}
 */
export default {
  rootDir: path.resolve(import.meta.dirname, '../..'),
  testEnvironment: 'node',
  roots: ['<rootDir>/test/unit'],
  testMatch: ['**/domain-*.test.ts'],
  // Thousands of random stories a run: too slow to be run for every mutant.
  testPathIgnorePatterns: ['domain-sequences'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tools/dev/jest-strip.mjs' },
};
