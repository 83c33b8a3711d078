import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { runTool } from "./run-tool.ts";

/**
 * Copies programs of this machine into the guest's root, each at its own path, with the libraries
 * that it is linked to.
 */
export function copyPrograms(root: string, programs: readonly string[]): void {
  for (const program of programs) {
    copy(program, root);
    copyLibraries(program, root);
  }
}

/** The libraries that `ldd` lists with a path; the kernel's own (linux-vdso) has none. */
export function copyLibraries(program: string, root: string): void {
  for (const line of runTool("ldd", [program]).split("\n")) {
    const path = /(\/\S+) \(0x/.exec(line)?.[1];
    if (path !== undefined) copy(path, root);
  }
}

function copy(path: string, root: string): void {
  const target = join(root, path);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(path, target);
}
