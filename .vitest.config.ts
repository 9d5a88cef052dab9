import { defineConfig } from 'vitest/config';

const flow = 'test/**/*.flow.test.ts';
const property = 'test/**/*.property.test.ts';

/** The files of a worker share what they import: that is half the work of most of them. None leaves anything behind. */
const shared = { isolate: false } as const;

export default defineConfig({
  test: {
    // Files that start servers wait more than they work: both cores are used.
    maxWorkers: 2,
    projects: [
      // How long it takes says nothing on a busy machine.
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [flow, property],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'property',
          include: [property],
          setupFiles: ['test/property-defaults.ts'],
          testTimeout: 180_000,
        },
      },
      { test: { ...shared, name: 'flow', include: [flow], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});
