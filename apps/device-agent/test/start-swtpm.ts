import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { requireTool } from "@databox-cmk/testkit";

/**
 * A TPM in software has the same commands as one in hardware. A machine without it skips its tests;
 * CI may not.
 */
export const HAS_TPM = requireTool(
  "swtpm or tpm2-tools",
  ["/usr/bin/swtpm", "/usr/bin/tpm2"].every((path) => existsSync(path)),
);

export type SoftwareTpm = AsyncDisposable & {
  readonly tcti: string;
  /** It starts again without having been shut down. */
  cutPower(): Promise<void>;
};

/** A new one, with seeds of its own. It has no resource manager: three objects at a time. */
export async function startSwtpm(): Promise<SoftwareTpm> {
  const folder = mkdtempSync(join(tmpdir(), "databox-swtpm-"));
  const socket = join(folder, "s");
  const state = ["--tpm2", "--tpmstate", `dir=${folder}`, "--flags", "not-need-init,startup-clear"];
  const server = ["--server", `type=unixio,path=${socket}`];
  const control = ["--ctrl", `type=unixio,path=${socket}.ctrl`];
  const sockets = [socket, `${socket}.ctrl`];
  const start = async () => {
    const child = spawn("swtpm", ["socket", ...state, ...server, ...control], { stdio: "ignore" });
    const gone = new AbortController();
    const ended = once(child, "close").finally(() => {
      gone.abort(new Error("swtpm ended"));
    });
    ended.catch(() => undefined); // It cannot be started: told below.
    await appear(folder, sockets, gone.signal);
    return async (signal: "SIGTERM" | "SIGKILL") => {
      child.kill(signal);
      await ended;
      for (const path of sockets) rmSync(path, { force: true });
    };
  };
  let stop = await start();
  return {
    tcti: `swtpm:path=${socket}`,
    async cutPower() {
      await stop("SIGKILL");
      stop = await start();
    },
    async [Symbol.asyncDispose]() {
      await stop("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function appear(
  folder: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const changes = watch(folder);
  try {
    while (!paths.every((path) => existsSync(path))) await once(changes, "change", { signal });
  } finally {
    changes.close();
  }
}

/** As another firmware, or another boot loader, does at a boot. */
export function measureSomethingElse({ tcti }: SoftwareTpm, register: number): void {
  execFileSync("tpm2", ["pcrextend", `${String(register)}:sha256=${"01".repeat(32)}`], {
    env: { TPM2TOOLS_TCTI: tcti, PATH: "/usr/bin:/bin" },
  });
}
