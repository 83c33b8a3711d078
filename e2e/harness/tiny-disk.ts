import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { mountDisk } from "@databox-cmk/testkit";

export type TinyDisk = Disposable & {
  readonly path: string;
  /** Leaves no byte free. */
  fill(): void;
  empty(): void;
};

export function mountTinyDisk(path: string, kibibytes: number): TinyDisk {
  mkdirSync(path, { recursive: true });
  const disk = mountDisk(path, kibibytes * 1024);
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
      disk[Symbol.dispose]();
    },
  };
}
