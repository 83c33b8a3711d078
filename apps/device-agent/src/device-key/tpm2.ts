import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { AppError } from "@databox-cmk/errors";

import { systemCode } from "../state/state-error.ts";

const TIMEOUT_MS = 10_000;
const run = promisify(execFile);

/**
 * One session with a TPM, in a folder of its own for contexts and answers; none of them is secret.
 */
export type Tpm = {
  readonly at: (name: string) => string;
  /** @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable` */
  readonly call: (...parameters: readonly string[]) => Promise<void>;
  /** Like `call`, with a secret on its standard input. */
  readonly give: (input: Uint8Array, ...parameters: readonly string[]) => Promise<void>;
  /** Like `call`, for a secret from its standard output; the caller zeroes it. */
  readonly take: (...parameters: readonly string[]) => Promise<Uint8Array>;
  /**
   * Flushes the objects that earlier calls left loaded, where no resource manager manages the TPM's
   * three slots for them.
   */
  readonly forgetObjects: () => Promise<void>;
};

/**
 * Uses the program tpm2 of tpm2-tools: npm has no maintained binding to tpm2-tss, and a native one
 * would have to be built for each appliance.
 */
export async function withTpm<Result>(
  tcti: string,
  work: (tpm: Tpm) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "databox-tpm-"));
  const env = { LC_ALL: "C", PATH: "/usr/bin:/bin", TPM2TOOLS_TCTI: tcti };
  const ask = async (parameters: readonly string[], input?: Uint8Array): Promise<Uint8Array> => {
    try {
      const options = { cwd: folder, env, timeout: TIMEOUT_MS, encoding: "buffer" } as const;
      const running = run("tpm2", parameters, options);
      if (input !== undefined) running.child.stdin?.end(input);
      return (await running).stdout;
    } catch (error) {
      throw toAppError(error, parameters[0] ?? "");
    }
  };
  const call = async (...parameters: readonly string[]) => {
    await ask(parameters);
  };
  try {
    return await work({
      at: (name) => join(folder, name),
      call,
      give: async (input, ...parameters) => {
        await ask(parameters, input);
      },
      take: (...parameters) => ask(parameters),
      forgetObjects: async () => {
        if (!tcti.startsWith("device:/dev/tpmrm")) await call("flushcontext", "-t");
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * TPM_RC_POLICY_FAIL for a session, and TPM_RC_PCR_CHANGED (TPM 2.0 library specification, part 2,
 * 6.6).
 */
const PCRS_DIFFER = /\(0x99D\)|\(0x128\)/i;
/** TPM_RC_INTEGRITY: another TPM wrapped the object. */
const OF_ANOTHER_TPM = /\(0x1DF\)/i;

function toAppError(error: unknown, command: string): AppError {
  if (systemCode(error) === "ENOENT")
    return new AppError("DeviceKeyUnavailable", { detail: "tpm2-tools is not installed" });
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  if (PCRS_DIFFER.test(said)) return new AppError("BootStateChanged", { cause: error });
  if (OF_ANOTHER_TPM.test(said))
    return new AppError("DeviceKeyUnavailable", { reason: "other-tpm", cause: error });
  const told = said.split("\n").find((line) => line.startsWith("ERROR: ")) ?? "it did not answer";
  return new AppError("DeviceKeyUnavailable", { detail: `tpm2 ${command}: ${told}`, cause: error });
}
