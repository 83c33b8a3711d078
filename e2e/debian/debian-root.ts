import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync } from "node:fs";
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
/**
 * The first process of a Debian says that it runs, reaps the daemons that end, and ends with this
 * process, which holds its input.
 */
const FIRST_PROCESS = ["sh", "-c", "echo; cat; :"];

const PROGRAM_ENVIRONMENT = {
  PATH: "/usr/sbin:/usr/bin",
  LC_ALL: "C",
  DEBIAN_FRONTEND: "noninteractive",
};

/** A fresh Debian in a folder, which runs programs until it is disposed. */
export type DebianRoot = Disposable & {
  readonly path: string;
  /** Puts a file there. */
  copy(from: string, to: string): void;
  /** As root of it, beside the processes that earlier commands left, with this machine's network. */
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
export async function createDebianRoot(path: string): Promise<DebianRoot> {
  const packages = "--include=cryptsetup-bin,systemd";
  const made = spawnSync("debootstrap", ["--variant=minbase", packages, SUITE, path, MIRROR], {
    encoding: "utf8",
    env: ENVIRONMENT,
  });
  if (made.error !== undefined) throw new Error(NOT_INSTALLED, { cause: made.error });
  if (made.status !== 0) throw new Error(`debootstrap: ${made.stdout.slice(-2000)}`);
  const system = spawn("unshare", [...UNSHARE, `--root=${path}`, ...FIRST_PROCESS], {
    env: PROGRAM_ENVIRONMENT,
    stdio: ["pipe", "pipe", "ignore"],
  });
  await once(system.stdout, "data");
  const pid = String(system.pid);
  const first = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return {
    path,
    copy(from, to) {
      cpSync(from, join(path, to));
    },
    run: (command, input = "") => runIn(first, command, input),
    [Symbol.dispose]: () => {
      system.kill("SIGKILL");
    },
  };
}

/** Beside this process, which answers what the command asks of the stack. */
async function runIn(
  first: string,
  command: readonly string[],
  input: string,
): Promise<DebianEnding> {
  const inside = [`--target=${first}`, "--mount", "--pid", "--root", "--wd"];
  const child = spawn("nsenter", [...inside, ...command], { env: PROGRAM_ENVIRONMENT });
  child.stdin.on("error", () => undefined); // it ended without reading
  child.stdin.end(input);
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await ended;
  return { exitCode: typeof exitCode === "number" ? exitCode : -1, stdout, stderr };
}
