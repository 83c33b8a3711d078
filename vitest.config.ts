import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["{apps,packages}/*/src/**/*.test.ts"] } },
      {
        test: {
          name: "integration",
          include: ["{apps,packages}/*/test/**/*.test.ts", "deploy/test/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          globalSetup: "e2e/harness/build-agent.ts",
          include: ["e2e/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
