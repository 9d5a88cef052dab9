import { defineConfig } from 'vitest/config';

const flow = 'test/**/*.flow.test.ts';
const property = 'test/**/*.property.test.ts';

export default defineConfig({
  test: {
    // Files that start servers wait more than they work: both cores are used.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [flow, property] } },
      {
        test: {
          name: 'property',
          include: [property],
          setupFiles: ['test/property-defaults.ts'],
          testTimeout: 180_000,
        },
      },
      { test: { name: 'flow', include: [flow], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});
