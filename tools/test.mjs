// Runs every gate and every test, and ends with one line: `N passed, N failed` (and `, N skipped`).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { packageManager } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);
const pnpm = ["npx", "--yes", packageManager, "--silent"];
const GATES = [
  ["lint", "oxlint", "--deny-warnings"],
  ["format", "oxfmt", "--check"],
  ["types", ...pnpm, "typecheck"],
  ["dead code", "knip"],
  ["boundaries", ...pnpm, "bounds"],
  ["layers", "node", "tools/layers.mjs"],
];

const filters = process.argv.slice(2);
const gates = filters.length === 0 ? GATES : [];
const failedGates = gates.filter(([name, command, ...args]) => {
  console.log(`\n── ${name}`);
  return spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] }).status !== 0;
});

const folder = mkdtempSync(join(tmpdir(), "databox-cmk-test-"));
const report = join(folder, "report.json");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const vitest = spawnSync("vitest", ["run", ...reporters, ...filters], {
  stdio: ["ignore", "inherit", "inherit"],
  // HPKE by ML-KEM is experimental in Node 24 and says so in every process.
  env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
});

let tests = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [] };
try {
  tests = JSON.parse(readFileSync(report, "utf8"));
} catch (error) {
  console.error("vitest left no report:", error.message);
}
rmSync(folder, { recursive: true, force: true });

const brokenFiles = tests.testResults.filter(
  (file) =>
    file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
).length;
const passed = tests.numPassedTests + gates.length - failedGates.length;
const failedTests = tests.numFailedTests + brokenFiles;
// An error that no test caught fails the run although every test passed.
const strayErrors = failedTests === 0 && vitest.status !== 0 ? 1 : 0;
const failed = failedTests + strayErrors + failedGates.length;
const skipped = tests.numPendingTests + (tests.numTodoTests ?? 0);
for (const [name] of failedGates) console.log(`The gate "${name}" failed; see above.`);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 || tests.numPassedTests === 0 ? 1 : 0);
