// Lints the packages that changed since they last passed, and those that depend on them, since lint
// knows types. turbo has such a cache too, but starts a package manager and a linter for each
// package, which costs more than it saves.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

import { root } from "./set-up/paths.mjs";
import { NO_SOURCES, openStamps } from "./stamps.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * Of several threads that know types, each works out most of them again: two take 1.3 times the
 * processor time of one. Types are checked, or tests run, beside it.
 */
const THREADS = Math.max(1, Math.floor(availableParallelism() / 2));
/**
 * In percent of the live memory. The linter's part that knows types, written in Go, then takes a
 * tenth less processor time than by 200, and the same memory.
 */
const COLLECTED_AT = "400";
const LINTED = /\.(?:ts|tsx|mts|mjs|js|cjs)$/;

const packages = readWorkspace();
const stamps = openStamps("lint", packages);
const stale = packages
  .map(({ name, folder, dependencies }) => ({
    folder,
    decide: [[name, ...dependencies], []],
    paths: [folder],
  }))
  .concat(rest())
  .filter(({ folder, decide }) => !stamps.isFresh(folder, ...decide));

if (stale.length > 0) {
  const { status } = spawnSync(
    "oxlint",
    ["--deny-warnings", ...stale.flatMap(({ paths }) => paths)],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...env, GOMAXPROCS: String(THREADS), GOGC: COLLECTED_AT },
    },
  );
  if (status !== 0) process.exit(1);
  for (const { folder, decide } of stale) stamps.set(folder, ...decide);
}

/**
 * All files that belong to no package. The configuration of the tests imports packages, so all of
 * them decide.
 */
function rest() {
  const inPackages = new Set(packages.map(({ folder }) => folder.split("/")[0]));
  const paths = readdirSync(root, { withFileTypes: true })
    .filter(({ name }) => !inPackages.has(name) && !NO_SOURCES.has(name))
    .filter((entry) => (entry.isDirectory() ? hasSources(entry.name) : LINTED.test(entry.name)))
    .map(({ name }) => name);
  return { folder: "rest", decide: [packages.map(({ name }) => name), paths], paths };
}

function hasSources(folder) {
  return readdirSync(join(root, folder), { recursive: true }).some((name) => LINTED.test(name));
}
