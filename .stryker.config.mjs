import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default {
  mutate: ['src/{therapy,mapping}/**/*.ts'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: '.vitest.mutation.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A timeout counts as killed: on a busy machine a short one would flatter the tests.
  timeoutMS: 15_000,
  // Stryker rewrites a tsconfig with the JavaScript API of TypeScript, which TypeScript 7 does not have.
  ignorePatterns: [
    '/.*',
    '/bench',
    '/coverage',
    '/package-lock.json',
    '/tsconfig.json',
    '!/.vitest.mutation.config.ts',
  ],
  tempDirName: join(tmpdir(), 'itb-fhir-mutation'),
  cleanTempDir: 'always',
  reporters: ['progress', 'clear-text', 'json'],
  clearTextReporter: { reportTests: false, logTests: false },
  jsonReporter: { fileName: 'coverage/mutation.json' },
  incrementalFile: 'coverage/mutation-incremental.json',
  thresholds: { high: 90, low: 85, break: 85 },
};
