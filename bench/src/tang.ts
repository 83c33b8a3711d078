import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { freePort } from "@databox-cmk/testkit";

import { findProgram, runProgram } from "./programs.ts";

export type Tang = Disposable & {
  /** A 32-byte secret that only this tang can help to open. */
  readonly ciphertext: string;
};

const TRIES = 100;
const PAUSE_MS = 20;

/** Programs of clevis and tang that this machine lacks; empty when the comparison can be made. */
export function missingForTang(): readonly string[] {
  return ["clevis", "tangd", "jose", "curl"].filter((name) => findProgram(name) === undefined);
}

/**
 * tangd has no option for its address: it listens on all, for the time of the bench, with keys made
 * for it.
 */
export async function startTang(folder: string): Promise<Tang> {
  for (const [file, alg] of [
    ["sig.jwk", "ES512"],
    ["exc.jwk", "ECMR"],
  ] as const)
    await runProgram([
      "jose",
      "jwk",
      "gen",
      "-i",
      JSON.stringify({ alg }),
      "-o",
      join(folder, file),
    ]);
  const port = await freePort();
  const server = spawn(findProgram("tangd") ?? "tangd", ["-l", "-p", String(port), folder], {
    stdio: "ignore",
  });
  const configuration = JSON.stringify({ url: `http://127.0.0.1:${String(port)}` });
  try {
    const ciphertext = await encrypt(configuration);
    return {
      ciphertext,
      [Symbol.dispose]() {
        server.kill();
      },
    };
  } catch (error) {
    server.kill();
    throw error;
  }
}

/** Until tangd listens. */
async function encrypt(configuration: string): Promise<string> {
  let last: unknown;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      const secret = "0123456789abcdef0123456789abcdef";
      return (await runProgram(["clevis", "encrypt", "tang", configuration, "-y"], secret)).stdout;
    } catch (error) {
      last = error;
      await pause(PAUSE_MS);
    }
  }
  throw last;
}
