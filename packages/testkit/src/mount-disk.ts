import { execFileSync, spawnSync } from "node:child_process";

import { requireTool } from "./require-tool.ts";

/** Whether a file system can be mounted here: only root may, and not in every container. */
export function mayMount(): boolean {
  const { status } = spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]);
  return requireTool("the right to mount", process.getuid?.() === 0 && status === 0);
}

/** A file system in memory over an empty folder, by mount(8), until it is disposed. */
export function mountDisk(folder: string, bytes: number): Disposable {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${String(bytes)},mode=0700`, "tmpfs", folder]);
  return {
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", folder]);
    },
  };
}
