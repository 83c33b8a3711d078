import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { requireTool } from "@databox-cmk/testkit";

export type TinyDisk = {
  readonly path: string;
  /** Leaves no byte free. */
  fill(): void;
  empty(): void;
  [Symbol.dispose](): void;
};

/** A file system of its own in a folder, by mount(8): only root may, and not in every container. */
export const mayMount = requireTool(
  "the right to mount",
  process.getuid?.() === 0 &&
    spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0,
);

export function mountTinyDisk(path: string, kibibytes: number): TinyDisk {
  mkdirSync(path, { recursive: true });
  execFileSync("mount", [
    "-t",
    "tmpfs",
    "-o",
    `size=${String(kibibytes)}k,mode=0700`,
    "tmpfs",
    path,
  ]);
  return {
    path,
    fill() {
      try {
        writeFileSync(join(path, "filling"), Buffer.alloc(kibibytes * 1024));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    },
    empty() {
      rmSync(join(path, "filling"));
    },
    [Symbol.dispose]: () => {
      execFileSync("umount", ["--lazy", path]);
    },
  };
}
