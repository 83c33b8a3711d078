import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, basename } from "node:path";
import { fileURLToPath } from "node:url";

import { runTool } from "./run-tool.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const INSTALL_TREE = join(ROOT, "deploy/agent/install-tree.mjs");
/** The parts of the installed agent; the pages are beside its bundle. */
const SOURCES = ["deploy/agent", "apps/device-agent/dist"];
export type Image = { readonly kernel: string; readonly initialRamDisk: string };

const INIT = fileURLToPath(new URL("../guest/init", import.meta.url));
const PROGRAMS = [
  "/usr/bin/tpm2",
  "/usr/sbin/cryptsetup",
  "/usr/sbin/dmsetup",
  "/usr/sbin/mkfs.ext4",
];
/** tpm2 loads it by its name when it opens the kernel's device. */
const TPM_DEVICE_LIBRARY = "libtss2-tcti-device.so.0";
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
    .update(PROGRAMS.join())
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
  copyPrograms(root, [...PROGRAMS, findLibrary(TPM_DEVICE_LIBRARY)]);
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

/**
 * Copies programs and libraries of this machine into the guest's root, each at its own path, with
 * the libraries that it is linked to.
 */
function copyPrograms(root: string, programs: readonly string[]): void {
  for (const program of programs) {
    copy(program, root);
    copyLibraries(program, root);
  }
}

function findLibrary(name: string): string {
  const path = runTool("/sbin/ldconfig", ["-p"])
    .split("\n")
    .find((line) => line.trim().startsWith(`${name} `))
    ?.split(" => ")[1];
  if (path === undefined) throw new Error(`this machine has no ${name}`);
  return path;
}

/** The libraries that `ldd` lists with a path; the kernel's own (linux-vdso) has none. */
function copyLibraries(program: string, root: string): void {
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

/** Changes whenever what is laid out does. */
function agentFingerprint(): string {
  const hash = createHash("sha256").update(process.version);
  for (const source of SOURCES)
    for (const file of filesBelow(join(ROOT, source))) hash.update(file).update(readFileSync(file));
  return hash.digest("hex");
}

/** The agent as it is installed on an appliance, with the bundle that was built before. */
function layOutAgent(root: string): void {
  runTool(process.execPath, [INSTALL_TREE, root, "--built"], ROOT);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("compile-cache"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

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
function newestKernel(): string {
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
function unpackKernel(packageName: string, folder: string, root: string): string {
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
