import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { copyLibraries, copyPrograms } from "./copy-programs.ts";
import { newestKernel, unpackKernel } from "./debian-kernel.ts";
import { agentFingerprint, layOutAgent } from "./lay-out-agent.ts";
import { runTool } from "./run-tool.ts";

export type Image = { readonly kernel: string; readonly initialRamDisk: string };

const INIT = fileURLToPath(new URL("../guest/init", import.meta.url));
const PROGRAMS = ["/usr/sbin/cryptsetup", "/usr/sbin/dmsetup", "/usr/sbin/mkfs.ext4"];
/** Debian merged its folders, so a path in an old one is found in the new one. */
const MERGED = { bin: "usr/bin", sbin: "usr/sbin", lib: "usr/lib", lib64: "usr/lib64" } as const;

/**
 * Kernel and first file system of the appliance: Debian's kernel, cryptsetup, and the install tree
 * of a real appliance (deploy/agent/install-tree.mjs). Made once for each kernel and agent, and
 * kept.
 *
 * @param cache - folder for images
 * @throws {Error} when a program or the package registry is missing; it says which
 */
export function openImage(cache: string): Image {
  mkdirSync(cache, { recursive: true });
  const kernelPackage = newestKernel();
  const fingerprint = createHash("sha256")
    .update(kernelPackage)
    .update(agentFingerprint())
    .update(readFileSync(INIT))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cache, fingerprint);
  const image = { kernel: join(folder, "vmlinuz"), initialRamDisk: join(folder, "initrd.cpio") };
  if (existsSync(folder)) return image;
  const work = mkdtempSync(join(cache, "making-"));
  try {
    makeImage(work, kernelPackage);
    // Whole or not at all, however many make it at once.
    const made = join(work, "made");
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return image;
}

function makeImage(work: string, kernelPackage: string): void {
  const root = join(work, "root");
  for (const folder of [
    "dev",
    "etc",
    "proc",
    "run",
    "sys",
    "tmp",
    "usr/bin",
    "usr/sbin",
    "usr/lib",
    "usr/lib64",
  ])
    mkdirSync(join(root, folder), { recursive: true });
  for (const [old, now] of Object.entries(MERGED)) symlinkSync(now, join(root, old));
  layOutAgent(root);
  copyLibraries(join(root, "usr/lib/databox-agent/node"), root);
  copyPrograms(root, PROGRAMS);
  // Linked to nothing.
  copyFileSync("/usr/bin/busybox", join(root, "usr/bin/busybox"));
  writeFileSync(join(root, "etc/nsswitch.conf"), "hosts: files\n");
  copyFileSync(INIT, join(root, "init"));
  chmodSync(join(root, "init"), 0o755);
  const kernel = unpackKernel(kernelPackage, join(work, "package"), root);
  const made = join(work, "made");
  mkdirSync(made);
  copyFileSync(kernel, join(made, "vmlinuz"));
  const archive = join(made, "initrd.cpio");
  runTool(
    "sh",
    ["-c", `find . -print0 | cpio --null --quiet -o -H newc -R 0:0 > '${archive}'`],
    root,
  );
}
