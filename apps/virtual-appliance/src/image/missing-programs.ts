import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Program → Debian package that has it. */
const PROGRAMS = {
  "apt-cache": "apt",
  busybox: "busybox-static",
  cpio: "cpio",
  "dpkg-deb": "dpkg",
  "qemu-system-x86_64": "qemu-system-x86",
  strip: "binutils",
  swtpm: "swtpm",
  tpm2: "tpm2-tools",
  xz: "xz-utils",
} as const;
/** These are started by their path, since many a PATH lacks their folder. */
const SYSTEM_PROGRAMS = {
  "/usr/sbin/cryptsetup": "cryptsetup-bin",
  "/usr/sbin/dmsetup": "dmsetup",
  "/usr/sbin/mkfs.ext4": "e2fsprogs",
  "/usr/sbin/modprobe": "kmod",
} as const;

/**
 * @param path - PATH, on which programs are found
 * @returns Debian packages that a virtual appliance needs and that are missing
 */
export function missingPrograms(path: string): readonly string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const isOnPath = (name: string) => folders.some((folder) => existsSync(join(folder, name)));
  return [
    ...packagesOf(PROGRAMS, (name) => !isOnPath(name)),
    ...packagesOf(SYSTEM_PROGRAMS, (file) => !existsSync(file)),
  ];
}

/** The person's next step when packages are missing. */
export function describeMissing(packages: readonly string[]): string {
  const rest = packages.filter((name) => name !== "apt" && name !== "dpkg");
  if (rest.length === packages.length)
    return `--vm needs programs that are not installed: apt-get install ${packages.join(" ")}`;
  const also = rest.length === 0 ? "" : `, with these packages: ${rest.join(" ")}`;
  return `--vm makes its machine from Debian's packages, and no apt is on the PATH: use Debian or .devcontainer/${also}`;
}

const packagesOf = (
  programs: Readonly<Record<string, string>>,
  isMissing: (program: string) => boolean,
): readonly string[] =>
  Object.entries(programs)
    .filter(([program]) => isMissing(program))
    .map(([, name]) => name);
