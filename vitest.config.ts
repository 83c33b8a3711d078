import { configDefaults, defineConfig } from "vitest/config";

// oxlint-disable-next-line no-restricted-imports -- the root is no package that could depend on this one
import { findPostgres } from "./packages/testkit/src/start-postgres.ts";

/** Where it cannot be installed tools/setup.mjs says so, and these tests are left out; in CI they fail instead. */
const hasPostgres = findPostgres() !== undefined || process.env["CI"] === "true";

/** What only stops a test that hangs: no bound of the product, and far above what a slow machine takes. */
const PATIENCE = {
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["{apps,packages}/*/src/**/*.test.ts", "tools/*.test.ts"],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: "integration",
          include: ["{apps,packages}/*/test/**/*.test.ts", "deploy/test/**/*.test.ts"],
          ...PATIENCE,
        },
      },
      {
        // The broker's tests once more, with PostgreSQL behind its store (apps/cloud-broker/test/store).
        test: {
          name: "postgres",
          globalSetup: "apps/cloud-broker/test/store/start-test-server.ts",
          include: hasPostgres ? ["apps/cloud-broker/test/**/*.test.ts"] : [],
          exclude: [
            "apps/cloud-broker/test/{azure,doctor,serve}/**",
            // Of SQLite's file.
            "apps/cloud-broker/test/{audit-verify,device/full-disk}.test.ts",
            // Die at a statement of SQLite's; e2e/replicas kills brokers, and their server, on PostgreSQL.
            "apps/cloud-broker/test/{campaigns,custody,device}/crashes.test.ts",
            // Commands that only speak HTTP.
            "apps/cloud-broker/test/campaigns/command.test.ts",
          ],
          ...PATIENCE,
        },
      },
      {
        test: {
          name: "e2e",
          globalSetup: "e2e/harness/build-agent.ts",
          include: ["e2e/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "e2e/virtual-appliance.test.ts"],
          ...PATIENCE,
        },
      },
      {
        // After all others: an emulated processor needs the machine for itself to boot within its bound.
        test: {
          name: "virtual",
          globalSetup: "e2e/harness/build-agent.ts",
          sequence: { groupOrder: 1 },
          include: ["e2e/virtual-appliance.test.ts"],
          ...PATIENCE,
        },
      },
    ],
  },
});
