// Runs every gate and every test, and ends with one line: `N passed, N failed` (and `, N skipped`).
//   node tools/test.mjs            everything
//   node tools/test.mjs --fast     the gates, and the tests that need only this process: unit and
//                                  integration
//   node tools/test.mjs --changed  the fast tests that import or name what is not committed, and
//                                  the rules of sources; --changed=main: since that commit
//   node tools/test.mjs unlock     the files whose path has this part; other words go to vitest
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

import { GATES, runGates } from "./gates.mjs";
import { installTestPackages } from "./set-up/install-test-packages.mjs";
import { root } from "./set-up/paths.mjs";
import { testsOfChanges } from "./tests-naming.mjs";

const FAST = ["--project=unit", "--project=integration"];
const SHOWN_FILES = 30;
/** Gates leave the processor to the tests, so that no test waits for them. */
const NICENESS = 10;
/** Where a failed test may be due to the machine; its failure alone decides then. */
const REPEATED_PROJECTS = new Set(["e2e", "browser"]);
/**
 * Races, kills, crashes and properties, by file name: these show that something never happens, so
 * one failure is a finding.
 */
const NEVER_REPEATED =
  /\b(?:races?|at-once|interleavings?|kill(?:ed)?|crash(?:es)?|property|fuzz)\b/;
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"];
const PROPERTIES = /from "(?:@fast-check\/vitest|fast-check)"/;

const given = process.argv.slice(2);
const isFast = given.includes("--fast");
const changed = given.find((argument) => /^--changed(?:=|$)/.test(argument));
const isChanged = changed !== undefined;
const filters = given.filter((argument) => argument !== "--fast");
const isPart = filters.length > 0;

const gates = isPart ? [] : GATES;
// Where packages are installed first, one core is free for the gates.
const [failedGates, first] = await Promise.all([
  isPart ? [] : runGates({ atOnce: 1, niceness: NICENESS }),
  installTestPackages().then(() => runTests([...(isFast || isChanged ? FAST : []), ...filters])),
]);
// vitest knows imports alone.
const others = isChanged ? testsOfChanges(changed.split("=")[1]) : [];
if (others.length > 0) {
  const more = await runTests([...FAST, ...others]);
  const wasRun = new Set(first.files.map(({ path }) => path));
  first.files.push(...more.files.filter(({ path }) => !wasRun.has(path)));
  first.status ||= more.status;
  first.strayErrors += more.strayErrors;
}
const flaky = isContinuousIntegration() ? await repeatFailed(first.files) : [];

const states = first.files.flatMap(({ tests }) => tests.map(({ state }) => state));
const count = (state) => states.filter((other) => other === state).length;
const failedTests = count("failed") + first.files.filter(isBrokenOnly).length;
const repeatedAll = flaky.length > 0 && failedTests === 0 && first.strayErrors === 0;
// An error that no test caught fails the run although every test passed.
const hasNoFile = isPart && first.isWhole && first.files.length === 0 && first.strayErrors === 0;
const strayErrors = failedTests === 0 && first.status !== 0 && !repeatedAll && !hasNoFile ? 1 : 0;
const passed = count("passed") + gates.length - failedGates.length;
const failed = failedTests + strayErrors + failedGates.length;
const skipped = count("skipped") + count("pending");

if (!isPart) showSlowest(first.files);
if (hasNoFile && !isChanged) console.log(`No test file fits: ${filters.join(" ")}`);
for (const name of failedGates) console.log(`The gate "${name}" failed; see above.`);
for (const name of flaky) console.log(`flaky: ${name} failed among the others and passed alone`);
writeArtifact("flaky.txt", flaky.map((name) => `${name}\n`).join(""));
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed > 0 || (count("passed") === 0 && !isChanged) ? 1 : 0);

/** @returns what came of every file, and vitest's own exit code */
async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), "databox-cmk-test-"));
  const results = join(folder, "results.json");
  const reporters = ["--reporter=default", `--reporter=${join(root, "tools/write-results.mjs")}`];
  const vitest = spawn("vitest", ["run", ...reporters, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...env,
      DATABOX_CMK_ROOT: root,
      DATABOX_CMK_RESULTS: results,
      // HPKE by ML-KEM is experimental in Node 24 and says so in every process.
      NODE_OPTIONS: "--disable-warning=ExperimentalWarning",
    },
  });
  const end = (signal) => vitest.kill(signal);
  for (const signal of ENDING) process.on(signal, end);
  const status = await new Promise((resolve) => {
    vitest.on("error", () => resolve(1));
    vitest.on("close", resolve);
  });
  for (const signal of ENDING) process.off(signal, end);
  try {
    return { ...JSON.parse(readFileSync(results, "utf8")), status, isWhole: true };
  } catch (error) {
    if (status !== 0 || !isChanged) console.error("vitest left no results:", error.message);
    return { files: [], strayErrors: 0, status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs each file of a browser or of whole systems in which a test failed once more, alone and
 * whole, since its tests may build on each other: on a busy machine the clock of another program
 * may have run out. A test that passes then counts as passed; one that passed in the first run
 * stays passed. A file that leaves something in the process that it shares fails alone too.
 *
 * @param files - their states are changed in place.
 * @returns the names of the tests that passed alone
 */
async function repeatFailed(files) {
  const passedAlone = [];
  for (const file of files.filter(mayBeRepeated)) {
    const repetition = await runTests([`--project=${file.project}`, file.path]);
    const alone = repetition.files[0];
    if (alone === undefined || alone.isBroken || repetition.strayErrors > 0) continue;
    if (isBrokenOnly(file)) {
      if (hasFailed(alone)) continue;
      passedAlone.push(file.path);
      Object.assign(file, { isBroken: false, tests: alone.tests });
      continue;
    }
    for (const test of file.tests.filter(({ state }) => state === "failed")) {
      const again = alone.tests.filter(({ name }) => name === test.name);
      if (again.length === 0 || again.some(({ state }) => state !== "passed")) continue;
      passedAlone.push(`${file.path} › ${test.name}`);
      test.state = "passed";
    }
  }
  return passedAlone;
}

function mayBeRepeated(file) {
  return (
    REPEATED_PROJECTS.has(file.project) &&
    (file.isBroken || hasFailed(file)) &&
    !NEVER_REPEATED.test(file.path) &&
    !PROPERTIES.test(readFileSync(join(root, file.path), "utf8"))
  );
}

function hasFailed({ tests }) {
  return tests.some(({ state }) => state === "failed");
}

/** It failed before or after its tests: in its imports, or in a hook. */
function isBrokenOnly(file) {
  return file.isBroken && !hasFailed(file);
}

function showSlowest(files) {
  const byTime = files
    .toSorted((one, other) => other.seconds - one.seconds)
    .map(({ path, project, seconds }) => ({
      path,
      project,
      seconds: Math.round(seconds * 10) / 10,
    }));
  writeArtifact("test-times.json", `${JSON.stringify(byTime, null, 2)}\n`);
  console.log(`\nThe ${SHOWN_FILES} slowest files (all of them: artifacts/test-times.json)`);
  for (const { path, project, seconds } of byTime.slice(0, SHOWN_FILES))
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${path} (${project})`);
}

function writeArtifact(name, text) {
  mkdirSync(join(root, "artifacts"), { recursive: true });
  writeFileSync(join(root, "artifacts", name), text);
}

function isContinuousIntegration() {
  return (env.CI ?? "") !== "";
}
