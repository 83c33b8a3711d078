import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";

/**
 * A hash of the files and folders, which changes with each byte and each name in them.
 *
 * @param skipped - names that do not count, wherever they are.
 */
export function fingerprintOf(inputs, skipped = new Set()) {
  const hash = createHash("sha256").update(process.arch);
  for (const input of inputs) addToHash(hash, join(root, input), skipped);
  return hash.digest("hex");
}

function addToHash(hash, path, skipped) {
  if (!existsSync(path)) return;
  try {
    const names = readdirSync(path).toSorted();
    for (const name of names) if (!skipped.has(name)) addToHash(hash, join(path, name), skipped);
  } catch {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path));
  }
}
