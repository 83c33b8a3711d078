import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { configDefaults, defineConfig } from "vitest/config";

// oxlint-disable-next-line no-restricted-imports -- the root is not a package that could depend on this one
import { makeShortLifeTmpdir } from "./packages/testkit/src/short-life-folder.ts";
// oxlint-disable-next-line no-restricted-imports -- as above
import { findPostgres } from "./packages/testkit/src/start-postgres.ts";

/**
 * Where PostgreSQL cannot be installed, setup.mjs says so and these tests are left out; in CI they
 * fail.
 */
const hasPostgres = findPostgres() !== undefined || (process.env["CI"] ?? "") !== "";

const EVERY_PROJECT = {
  // Stops a test that hangs. It is not a bound of the product, and far above what a busy machine
  // takes.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 180_000 } },
  // V8 begins with one megabyte for new objects and little room for old ones, and collects whenever
  // that is full.
  execArgv: ["--min-semi-space-size=16", "--initial-old-space-size=512"],
};

/** Tests that end processes or connections at one point after the other, by their names. */
const CRASH = [
  "{apps,packages}/*/test/**/crash/**/*.test.ts",
  "{apps,packages}/*/test/**/*{crash,kill}*.test.ts",
  "e2e/**/*{crash,kill}*.test.ts",
];
const BROWSER = ["e2e/browser/**/*.test.ts"];
const VIRTUAL = ["e2e/virtual-*.test.ts"];
/**
 * A broker test that begins with this comment runs on one engine, because no engine could change
 * what it shows: it has no broker's store (Azure adapters, doctor, commands, whole processes, which
 * e2e runs on PostgreSQL), is about SQLite's own file or stops at one of its statements, or is
 * about a wire (ARM shapes, OpenAPI, foreign clients, refusals, malformed input, roles, proxies,
 * static files, fairness, shutdown) or about rules that are decided before the store (policies,
 * checks of a key, sessions, limits). The last two kinds send no statement that the others do not
 * send to PostgreSQL: measured by recording what each file sends.
 */
const ONE_ENGINE = "// @module-tag one-engine\n";
const onOneEngine = globSync("apps/cloud-broker/test/**/*.test.ts", {
  cwd: import.meta.dirname,
}).filter((path) => readFileSync(join(import.meta.dirname, path), "utf8").startsWith(ONE_ENGINE));

const SET_UP = "packages/testkit/src/shared-process";
/**
 * Lets the files of a project share processes: to start one, and to load the broker and Azure's
 * SDK, takes longer than most files of tests. A file that leaves something behind there fails.
 */
const sharedProcess = (...setupFiles: readonly string[]) => ({
  isolate: false,
  sequence: { setupFiles: "list" as const },
  setupFiles: [`${SET_UP}/leave-nothing-behind.ts`, ...setupFiles],
});
const FORGET_METADATA_SERVICE = `${SET_UP}/forget-metadata-service.ts`;

/**
 * Each step of an agent or broker waits until its files are on the disk. These projects end
 * processes, and no test cuts the power of a machine.
 */
const IN_MEMORY = { env: { TMPDIR: makeShortLifeTmpdir() } };

/** One more than cores: tests of whole systems often wait for leases, intervals, restarts. */
const maxWorkers = Math.max(availableParallelism(), 2) + 1;

export default defineConfig({
  test: {
    maxWorkers,
    tags: [{ name: "one-engine", description: "runs on SQLite, and not on PostgreSQL" }],
    projects: [
      {
        test: {
          name: "unit",
          ...sharedProcess(),
          include: [
            "{apps,packages}/*/src/**/*.test.ts",
            "bench/src/**/*.test.ts",
            "tools/*.test.ts",
          ],
          ...EVERY_PROJECT,
        },
      },
      {
        test: {
          name: "integration",
          ...IN_MEMORY,
          ...sharedProcess(FORGET_METADATA_SERVICE),
          include: ["{apps,packages}/*/test/**/*.test.ts", "deploy/test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...CRASH],
          ...EVERY_PROJECT,
        },
      },
      {
        // With PostgreSQL behind the broker's store (apps/cloud-broker/test/store).
        test: {
          name: "postgres",
          ...IN_MEMORY,
          ...sharedProcess(
            FORGET_METADATA_SERVICE,
            "apps/cloud-broker/test/store/close-test-stores.ts",
          ),
          globalSetup: "apps/cloud-broker/test/store/start-test-server.ts",
          include: hasPostgres ? ["apps/cloud-broker/test/**/*.test.ts"] : [],
          exclude: [...configDefaults.exclude, ...onOneEngine],
          ...EVERY_PROJECT,
        },
      },
      {
        test: {
          name: "crash",
          ...IN_MEMORY,
          ...sharedProcess(FORGET_METADATA_SERVICE),
          globalSetup: "e2e/harness/build-agent.ts",
          include: CRASH,
          ...EVERY_PROJECT,
        },
      },
      {
        test: {
          name: "e2e",
          ...sharedProcess(FORGET_METADATA_SERVICE),
          globalSetup: "e2e/harness/build-agent.ts",
          include: ["e2e/**/*.test.ts"],
          exclude: [...configDefaults.exclude, ...CRASH, ...BROWSER, ...VIRTUAL],
          ...EVERY_PROJECT,
        },
      },
      {
        test: {
          name: "browser",
          ...sharedProcess(FORGET_METADATA_SERVICE),
          globalSetup: "e2e/harness/build-agent.ts",
          include: BROWSER,
          ...EVERY_PROJECT,
        },
      },
      {
        // After all others: an emulated processor needs one processor of the machine.
        test: {
          name: "virtual",
          globalSetup: ["e2e/harness/build-agent.ts", "e2e/harness/make-virtual-image.ts"],
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          include: VIRTUAL,
          ...EVERY_PROJECT,
        },
      },
    ],
  },
});
