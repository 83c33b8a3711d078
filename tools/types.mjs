// Checks the types of every package. Packages import each other's sources, so one program for each
// package would read most of them a dozen times: all that have the same options are one program
// here. A program whose packages have not changed since it passed is left out; the others begin
// where they last ended. Each has one thread: of several checkers in a program, each works out most
// types again. Programs run beside each other.
import { spawn } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { env } from "node:process";

import { root } from "./set-up/paths.mjs";
import { openStamps } from "./stamps.mjs";
import { readWorkspace } from "./workspace.mjs";

/**
 * In percent of the live memory. The compiler, written in Go, then takes a fifth less processor
 * time and a sixth more memory than by default.
 */
const COLLECTED_AT = "400";

const packages = readWorkspace();
const stamps = openStamps("tsc", packages);
const configurations = packages.flatMap(({ name, folder, dependencies }) =>
  globSync(`${folder}/**/tsconfig.json`, {
    cwd: root,
    exclude: (path) => /(?:^|\/)(?:node_modules|dist)$/.test(path),
  }).map((path) => ({
    path,
    decide: [name, ...dependencies],
    ...JSON.parse(readFileSync(join(root, path), "utf8")),
  })),
);

/** Those without options of their own. */
const isPlain = ({ extends: base, compilerOptions }) =>
  base.endsWith("tsconfig.base.json") && compilerOptions === undefined;
const pathsOf = (member) =>
  configurations
    .filter(isPlain)
    .flatMap((found) => (found[member] ?? []).map((path) => join(root, dirname(found.path), path)));
const together = join(stamps.folder, "tsconfig.json");
writeFileSync(
  together,
  JSON.stringify({
    extends: join(root, "tsconfig.base.json"),
    include: pathsOf("include"),
    exclude: pathsOf("exclude"),
  }),
);

const waiting = [
  { name: "together", path: together, decide: packages.map(({ name }) => name) },
  ...configurations
    .filter((found) => !isPlain(found))
    .map(({ path, decide }) => ({ name: dirname(path), path, decide })),
].filter(({ name, decide }) => !stamps.isFresh(name, decide));

const failed = [];
async function checkWaiting() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { name, path, decide } = next;
    const info = join(stamps.folder, `${name.replaceAll("/", "-")}.tsbuildinfo`);
    const options = ["--singleThreaded", "--incremental", "--tsBuildInfoFile", info];
    const child = spawn("tsc", ["-p", path, ...options], {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...env, GOGC: COLLECTED_AT },
    });
    const status = await new Promise((resolve) => {
      child.on("error", () => resolve(1));
      child.on("close", resolve);
    });
    if (status === 0) stamps.set(name, decide);
    else failed.push(name);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, checkWaiting));
process.exit(failed.length > 0 ? 1 : 0);
