import { existsSync } from "node:fs";

/** Program → Debian package that has it. */
const PROGRAMS = {
  "/usr/bin/apt-get": "apt",
  "/usr/bin/busybox": "busybox-static",
  "/usr/bin/cpio": "cpio",
  "/usr/bin/qemu-system-x86_64": "qemu-system-x86",
  "/usr/bin/strip": "binutils",
  "/usr/bin/swtpm": "swtpm",
  "/usr/bin/tpm2": "tpm2-tools",
  "/usr/bin/xz": "xz-utils",
  "/usr/sbin/cryptsetup": "cryptsetup-bin",
  "/usr/sbin/dmsetup": "dmsetup",
  "/usr/sbin/mkfs.ext4": "e2fsprogs",
  "/usr/sbin/modprobe": "kmod",
} as const;

/** @returns Debian packages that a virtual appliance needs and that this machine lacks */
export function missingPrograms(): readonly string[] {
  return Object.entries(PROGRAMS)
    .filter(([path]) => !existsSync(path))
    .map(([, name]) => name);
}
