// Which lines are not on origin/main: a gate judges these more strictly than the rest.
import { spawnSync } from "node:child_process";

import { root } from "./set-up/paths.mjs";

const diff = (...since) =>
  spawnSync("git", ["diff", "--no-ext-diff", "--no-color", "--unified=0", ...since], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1024 ** 3,
  });

/** Without an origin/main only what is not committed counts as changed. */
export function readChanges() {
  const { status, stdout } = diff("--merge-base", "origin/main");
  return status === 0 ? stdout : diff("HEAD").stdout;
}

/** @returns of a file, whether one of `lines` lines from `line` on was changed */
export function changedLines(difference) {
  const files = new Map();
  let ranges = [];
  for (const [, file, from, count = "1"] of difference.matchAll(
    /^\+\+\+ b\/(.*)$|^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm,
  ))
    if (file !== undefined) files.set(file, (ranges = []));
    else if (count !== "0") ranges.push({ from: Number(from), end: Number(from) + Number(count) });
  return (name) =>
    ({ line, lines }) =>
      (files.get(name) ?? []).some(({ from, end }) => from < line + lines && line < end);
}
