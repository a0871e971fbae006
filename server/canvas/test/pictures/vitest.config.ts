import { defineConfig } from "vitest/config";

/** The pictures of the docs: by hand only (`make pictures`). */
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/pictures/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 200 } },
    fileParallelism: false,
  },
});
