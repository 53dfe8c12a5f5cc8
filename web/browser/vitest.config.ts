import { defineConfig } from "vitest/config";

// One browser, one test after another: figures are of a machine that does one thing.
export default defineConfig({
  test: { include: ["browser/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
});
