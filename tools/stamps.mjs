// Records which gate passed for which sources: a gate does not repeat a check of unchanged files.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fingerprintOf } from "./set-up/fingerprint.mjs";
import { root } from "./set-up/paths.mjs";

/** Files that affect the findings in every package. */
const CONFIGURATION = [
  ".oxlintrc.json",
  "tsconfig.base.json",
  "tsconfig.pure.json",
  "pnpm-lock.yaml",
  "tools/lint.mjs",
  "tools/types.mjs",
];
export const NO_SOURCES = new Set([
  "node_modules",
  "dist",
  ".turbo",
  ".git",
  "artifacts",
  ".local",
]);

/**
 * @param gate - names the folder of the stamps.
 * @param packages - as readWorkspace returns them.
 */
export function openStamps(gate, packages) {
  const folder = join(root, "node_modules", ".cache", gate);
  mkdirSync(folder, { recursive: true });
  const configuration = hashOf(CONFIGURATION);
  const hashes = new Map(packages.map((found) => [found.name, hashOf([found.folder])]));
  const stampOf = (names, paths) =>
    [configuration, hashOf(paths), ...names.toSorted().map((name) => hashes.get(name))].join("\n");
  const pathOf = (name) => join(folder, `${name.replaceAll("/", "-")}.passed`);
  return {
    folder,
    /**
     * @param names - the packages that decide whether it passes.
     * @param paths - files and folders of no package that decide too.
     */
    isFresh: (name, names, paths = []) => readIfThere(pathOf(name)) === stampOf(names, paths),
    set: (name, names, paths = []) => writeFileSync(pathOf(name), stampOf(names, paths)),
  };
}

const hashOf = (paths) => fingerprintOf(paths, NO_SOURCES);

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
