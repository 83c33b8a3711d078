import { spawnSync } from "node:child_process";
import { basename, dirname } from "node:path";

import { root } from "./set-up/paths.mjs";

/** They read all sources and pages. */
const RULES = ["deploy/test/source-rules.test.ts", "deploy/test/documents.test.ts"];

const git = (...words) =>
  spawnSync("git", words, { cwd: root, encoding: "utf8" }).stdout.split("\n").filter(Boolean);
const naming = (text) => git("grep", "-lF", "-e", text, "--", "*.test.ts");

/** Tests that read files without importing them: they name one, or else its folder. */
export function testsNaming(paths) {
  const named = paths.map((path) => [naming(basename(path)), `${basename(dirname(path))}/`]);
  return named.flatMap(([tests, folder]) => (tests.length > 0 ? tests : naming(folder)));
}

/** Tests of all changes since a commit, beside those that import them. */
export function testsOfChanges(commit = "HEAD") {
  const added = git("ls-files", "--others", "--exclude-standard");
  const changed = git("diff", "--name-only", commit).concat(added);
  if (changed.length === 0) return [];
  return [...testsNaming(changed.filter((path) => !/\.tsx?$/.test(path))), ...RULES];
}
