import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { mountDisk } from "@databox-cmk/testkit";

const BYTES = 4096;

/** Mounts a file system over an empty folder, until it is disposed. */
export function mountFullDisk(folder: string, freePages = 0): Disposable {
  const disk = mountDisk(folder, (1 + freePages) * BYTES);
  writeFileSync(join(folder, "filling"), Buffer.alloc(BYTES), { mode: 0o600 });
  return disk;
}
