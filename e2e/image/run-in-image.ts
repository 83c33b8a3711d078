import { spawn, spawnSync, type ChildProcess, type StdioOptions } from "node:child_process";

/** `nonroot` of the image. */
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
 * Runs a program in the image as an engine would with `--read-only --user 65532 --cap-drop all
 * --tmpfs /tmp`. Bubblewrap makes the namespaces; when we are root it is started as the
 * unprivileged account, so that it has no rights to give.
 */
export function startInImage(
  mounts: ImageMounts,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  stdio: StdioOptions,
): ChildProcess {
  return spawn("bwrap", commandLine(mounts, command), { env: environment, stdio, ...account() });
}

export function runInImage(
  mounts: ImageMounts,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
) {
  return spawnSync("bwrap", commandLine(mounts, command), {
    env: environment,
    encoding: "utf8",
    ...account(),
  });
}

const account = () => (process.getuid?.() === 0 ? { uid: NONROOT, gid: NONROOT } : {});

function commandLine({ root, data, tls }: ImageMounts, command: readonly string[]): string[] {
  return [
    ["--ro-bind", root, "/", "--bind", data, "/data", "--ro-bind", tls, "/tls"],
    ["--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"],
    ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"],
    ["--uid", String(NONROOT), "--gid", String(NONROOT), "--cap-drop", "ALL"],
    ["--new-session", "--die-with-parent", "--chdir", "/"],
    command,
  ].flat();
}
