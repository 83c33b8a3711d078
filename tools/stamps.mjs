// Records which gate passed for which sources: a gate does not repeat a check of unchanged files.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ROOT } from "./workspace.mjs";

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
  const folder = join(ROOT, "node_modules", ".cache", gate);
  mkdirSync(folder, { recursive: true });
  const configuration = hashOf(CONFIGURATION);
  const hashes = new Map(packages.map((found) => [found.name, hashOf([found.folder])]));
  const fingerprintOf = (names, paths) =>
    [configuration, hashOf(paths), ...names.toSorted().map((name) => hashes.get(name))].join("\n");
  const pathOf = (name) => join(folder, `${name.replaceAll("/", "-")}.passed`);
  return {
    folder,
    /**
     * @param names - the packages that decide whether it passes.
     * @param paths - files and folders of no package that decide too.
     */
    isFresh: (name, names, paths = []) => readIfThere(pathOf(name)) === fingerprintOf(names, paths),
    set: (name, names, paths = []) => writeFileSync(pathOf(name), fingerprintOf(names, paths)),
  };
}

function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    const names = readdirOrUndefined(join(ROOT, path));
    if (names === undefined) hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)));
    else for (const name of names) if (!NO_SOURCES.has(name)) add(`${path}/${name}`);
  };
  for (const path of paths) add(path);
  return hash.digest("hex");
}

function readdirOrUndefined(path) {
  try {
    return readdirSync(path).toSorted();
  } catch (error) {
    if (error.code === "ENOTDIR") return undefined;
    throw error;
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
