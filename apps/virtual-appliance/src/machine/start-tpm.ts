import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const LOOK_MS = 20;

/**
 * A TPM 2.0 in software for one machine. Disposing of it is a power cut, as for the machine.
 *
 * @param folder - its seeds and its memory; made if missing, which makes a new TPM
 * @param socket - for QEMU
 * @throws {Error} when it does not start
 */
export async function startTpm(folder: string, socket: string): Promise<AsyncDisposable> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const state = ["--tpmstate", `dir=${folder}`];
  // Without QEMU it ends by itself.
  const control = ["--ctrl", `type=unixio,path=${socket}`, "--terminate"];
  const child = spawn("swtpm", ["socket", "--tpm2", ...state, ...control], { stdio: "ignore" });
  const ended = once(child, "exit");
  const early = ended.then(([code]) => {
    throw new Error(`swtpm ended (${String(code)})`);
  });
  await Promise.race([appear(socket), early]);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function appear(path: string): Promise<void> {
  while (!existsSync(path)) await setTimeout(LOOK_MS, undefined, { ref: false });
}
