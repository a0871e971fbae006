import { defineConfig } from "vitest/config";

/** Tests in Debian's Chromium against the real bridge, which serves the built page: `npm run build` first. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Of a condition that is asked again and again; the default of a second is less than a busy machine takes.
    expect: { poll: { timeout: 15_000, interval: 100 } },
    // One browser and one bridge at a time: the machine may have two cores.
    fileParallelism: false,
  },
});
