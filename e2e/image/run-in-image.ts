import { spawn, spawnSync, type ChildProcess, type StdioOptions } from "node:child_process";

import { NODE_IN_IMAGE } from "./assemble-image.ts";

/** `nonroot` of the base image. */
export const NONROOT = 65_532;

export type ImageMounts = {
  /** The root file system, mounted read-only. */
  readonly root: string;
  /** Writable, at /data. */
  readonly data: string;
  /** Read-only, at /tls. */
  readonly tls: string;
};

/**
 * Runs Node in the image as an engine would with `--read-only --user 65532 --cap-drop all --tmpfs
 * /tmp`. Bubblewrap makes the namespaces; when we are root it is started as the unprivileged
 * account, so that it has no rights to give.
 */
export function startInImage(
  mounts: ImageMounts,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  stdio: StdioOptions,
): ChildProcess {
  return spawn("bwrap", commandLine(mounts, args), { env: environment, stdio, ...account() });
}

export function runInImage(
  mounts: ImageMounts,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
) {
  return spawnSync("bwrap", commandLine(mounts, args), {
    env: environment,
    encoding: "utf8",
    ...account(),
  });
}

const account = () => (process.getuid?.() === 0 ? { uid: NONROOT, gid: NONROOT } : {});

function commandLine({ root, data, tls }: ImageMounts, args: readonly string[]): string[] {
  return [
    ["--ro-bind", root, "/", "--bind", data, "/data", "--ro-bind", tls, "/tls"],
    ["--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"],
    ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ["--uid", String(NONROOT), "--gid", String(NONROOT), "--cap-drop", "ALL"],
    ["--new-session", "--die-with-parent", "--chdir", "/"],
    [NODE_IN_IMAGE, ...args],
  ].flat();
}
