import { defineConfig } from 'vitest/config';

/** The tests that mutants must fail: the examples of the pure stages, whose verdict is the same in every run. */
export default defineConfig({
  test: {
    include: ['test/{therapy,mapping,stories}/**/*.test.ts'],
    // Properties draw at random and shrink for long. The emitted codes are part of the golden resources already.
    exclude: ['**/*.property.test.ts', '**/*.flow.test.ts', 'test/mapping/emitted-codes.test.ts'],
  },
});
