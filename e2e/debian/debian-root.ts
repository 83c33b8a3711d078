import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import { mayMount } from "@databox-cmk/testkit";

const NOT_INSTALLED = "debootstrap is not installed";
const SUITE = "trixie";
const MIRROR = "http://deb.debian.org/debian";
/** The set-up finds debootstrap in these folders too, and debootstrap finds chroot there. */
const ENVIRONMENT = {
  ...process.env,
  PATH: [process.env["PATH"] ?? "", "/usr/sbin", "/sbin"].join(delimiter),
};
const UNSHARE = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** A fresh Debian in a folder, to which programs of it can be run. */
export type DebianRoot = {
  readonly path: string;
  /** Puts a file there. */
  copy(from: string, to: string): void;
  /** As root of it, with processes of its own and this machine's network. */
  run(command: readonly string[], input?: string): Promise<DebianEnding>;
};

export type DebianEnding = {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** Why no fresh Debian can be made here; undefined where it can. */
export function whyNoDebian(): string | undefined {
  const { error } = spawnSync("debootstrap", ["--version"], { env: ENVIRONMENT });
  if (error !== undefined) return NOT_INSTALLED;
  if (!mayMount()) return "only root may";
  const index = `${MIRROR}/dists/${SUITE}/InRelease`;
  const { status } = spawnSync("wget", ["--quiet", "--spider", "--timeout=10", "--tries=1", index]);
  return status === 0 ? undefined : `${MIRROR} cannot be reached`;
}

/** Installs only the package's dependencies. @throws {Error} with debootstrap's own output */
export function createDebianRoot(path: string): DebianRoot {
  const packages = "--include=cryptsetup-bin,systemd";
  const made = spawnSync("debootstrap", ["--variant=minbase", packages, SUITE, path, MIRROR], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  if (made.error !== undefined) throw new Error(NOT_INSTALLED, { cause: made.error });
  if (made.status !== 0) throw new Error(`debootstrap: ${made.stdout.slice(-2000)}`);
  return {
    path,
    copy(from, to) {
      cpSync(from, join(path, to));
    },
    run: (command, input = "") => runIn(path, command, input),
  };
}

/** Beside this process, which answers what the command asks of the stack. */
async function runIn(
  path: string,
  command: readonly string[],
  input: string,
): Promise<DebianEnding> {
  const child = spawn("unshare", [...UNSHARE, `--root=${path}`, ...command], {
    env: { PATH: "/usr/sbin:/usr/bin", LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
  });
  child.stdin.on("error", () => undefined); // it ended without reading
  child.stdin.end(input);
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await ended;
  return { exitCode: typeof exitCode === "number" ? exitCode : -1, stdout, stderr };
}
