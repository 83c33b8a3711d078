import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";

/** A hash of the files and folders, which changes with each byte and each name in them. */
export function fingerprintOf(inputs) {
  const hash = createHash("sha256").update(process.arch);
  for (const input of inputs) addToHash(hash, join(root, input));
  return hash.digest("hex");
}

function addToHash(hash, path) {
  if (!existsSync(path)) return;
  try {
    const names = readdirSync(path).toSorted();
    for (const name of names) addToHash(hash, join(path, name));
  } catch {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path));
  }
}
