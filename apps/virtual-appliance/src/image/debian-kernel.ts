import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

import { runTool } from "./run-tool.ts";

/** Its dependency is the newest kernel; that name changes with each security update. */
const METAPACKAGE = "linux-image-cloud-amd64";
/** Modules outside of the kernel itself: disks, network, and the ciphers of a LUKS2 volume. */
const MODULES = [
  "virtio_blk",
  "virtio_net",
  "virtio-rng",
  "aesni-intel",
  "xts",
  "dm-mod",
  "dm-crypt",
];

/**
 * @returns the exact package and version, so that an image of an older kernel is known to be old
 */
export function newestKernel(): string {
  const listing = runTool("apt-cache", ["depends", METAPACKAGE]);
  const name = /Depends: (linux-image-\S+)/.exec(listing)?.[1];
  if (name === undefined) throw new Error(`${METAPACKAGE} names no kernel; run: apt-get update`);
  const version = /Candidate: (\S+)/.exec(runTool("apt-cache", ["policy", name]))?.[1] ?? "";
  return `${name}=${version}`;
}

/**
 * Unpacks Debian's kernel and the modules that the appliance needs; nothing of it is installed on
 * this machine.
 *
 * @param folder - where the package is unpacked
 * @param root - the guest's root: gets `/lib/modules/*.ko` and `/etc/modules`, in the order of
 * loading
 * @returns path of the kernel
 */
export function unpackKernel(packageName: string, folder: string, root: string): string {
  mkdirSync(folder, { recursive: true });
  // apt drops its rights for a download, and must be able to write here.
  chmodSync(folder, 0o777);
  runTool("apt-get", ["download", "-qq", packageName], folder);
  const archive = readdirSync(folder).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new Error(`apt-get downloaded no ${packageName}`);
  const unpacked = join(folder, "kernel");
  runTool("dpkg-deb", ["--extract", join(folder, archive), unpacked]);
  symlinkSync("usr/lib", join(unpacked, "lib"));
  const [release = ""] = readdirSync(join(unpacked, "lib", "modules"));
  runTool("/sbin/depmod", ["-b", unpacked, release]);
  const files = MODULES.flatMap((module) => neededFiles(unpacked, release, module));
  const target = join(root, "lib", "modules");
  mkdirSync(target, { recursive: true });
  const names = [...new Set(files)].map((file) => {
    const name = basename(file).replace(/\.xz$/, "");
    writeFileSync(join(target, name), decompress(file));
    return name;
  });
  writeFileSync(join(root, "etc", "modules"), `${names.join("\n")}\n`);
  return join(unpacked, "boot", `vmlinuz-${release}`);
}

/** A module and its dependencies, in the order of loading; built-in ones have no file. */
function neededFiles(unpacked: string, release: string, module: string): string[] {
  return runTool("/sbin/modprobe", ["-d", unpacked, "-S", release, "--show-depends", module])
    .split("\n")
    .flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
}

/** busybox loads no compressed module. */
function decompress(file: string): Buffer {
  if (!file.endsWith(".xz")) return readFileSync(file);
  const { status, stdout } = spawnSync("xz", ["-dc", file], { maxBuffer: 64 << 20 });
  if (status !== 0) throw new Error(`xz cannot read ${file}`);
  return stdout;
}
