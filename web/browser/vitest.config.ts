import { defineConfig } from "vitest/config";

// One browser, one test after another: figures are of a machine that does one thing. A machine that does others may keep a
// page waiting for longer than a test does, so what failed is tried once more.
export default defineConfig({
  test: { include: ["browser/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, retry: 1 },
});
