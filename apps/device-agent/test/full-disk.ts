import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { requireTool } from "@databox-cmk/testkit";

const BYTES = 4096;

/** Whether a file system can be mounted here: only root may, and not in every container. */
export const mayMount = requireTool(
  "the right to mount",
  process.getuid?.() === 0 &&
    spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0,
);

/** Mounts a file system over an empty folder, until it is disposed. */
export function mountFullDisk(folder: string, freePages = 0): Disposable {
  const options = `size=${String((1 + freePages) * BYTES)},mode=0700`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
  writeFileSync(join(folder, "filling"), Buffer.alloc(BYTES), { mode: 0o600 });
  return {
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", folder]);
    },
  };
}
