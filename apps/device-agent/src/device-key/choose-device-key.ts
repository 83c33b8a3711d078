import { createPublicKey } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";

import { importVerifyKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { DeviceKeyChoice } from "../core/command.ts";
import type { TpmKey } from "../core/tpm-key.ts";
import type { StateFolder } from "../state/state-folder.ts";
import {
  type DeviceKey,
  type KeyFolder,
  findDeviceKey,
  gradeOf,
  makeFileKey,
  openTpmKey,
} from "./device-key.ts";
import { createObject, loadObject } from "./tpm-object.ts";
import { type Tpm, withTpm } from "./tpm2.ts";

/**
 * The existing key, or a new one; durable before it is used, so that a rerun enrols the same.
 *
 * @throws {AppError} `DeviceKeyUnavailable` when the TPM was requested and does not make a key,
 * `Misuse` when it does not have the registers, or `AgentStateUnreadable`
 */
export async function findOrMakeDeviceKey(
  folder: KeyFolder & Pick<StateFolder, "writeDeviceKey" | "writeTpmKey">,
  { kind, tcti, pcrs }: DeviceKeyChoice,
): Promise<DeviceKey> {
  const found = findDeviceKey(folder);
  if (found !== undefined) return found;
  if (kind === "file" || (kind === "auto" && !hasTpm(tcti))) return makeFileKey(folder);
  const made: TpmKey = await makeTpmKey({ tcti, pcrs });
  folder.writeTpmKey(made);
  return { signingKey: openTpmKey(made), grade: gradeOf(made) };
}

function hasTpm(tcti: string): boolean {
  return isThere("/usr/bin/tpm2") && isThere(tcti.replace(/^device:/, ""));
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false; // Missing, or not accessible.
  }
}

/**
 * Makes a P-256 key inside of the TPM. With registers, it signs only while they keep their present
 * values.
 *
 * @throws {AppError} `DeviceKeyUnavailable` or `Misuse`
 */
function makeTpmKey({ tcti, pcrs }: Pick<TpmKey, "tcti" | "pcrs">): Promise<TpmKey> {
  return withTpm(tcti, async (tpm) => {
    if (pcrs !== undefined) await requireRegisters(tpm, pcrs);
    const options = ["-G", "ecc256:ecdsa-sha256"];
    const parts = await createObject(tpm, pcrs, ["sensitivedataorigin", "sign"], { options });
    await loadObject(tpm, parts);
    await tpm.call("readpublic", "-Q", "-c", "object", "-f", "pem", "-o", "pem");
    await tpm.forgetObjects();
    const pem = readFileSync(tpm.at("pem"));
    const { kty, crv, x, y } = createPublicKey(pem).export({ format: "jwk" });
    const publicKey = importVerifyKey({ kty, crv, x, y }).jwk;
    return { version: 1, tcti, pcrs, publicKey, ...parts };
  });
}

const SHA256_BYTES = 32;

/**
 * A TPM leaves the registers that it does not have out of a policy and reports no error: the key
 * would sign after any boot.
 */
async function requireRegisters({ at, call }: Tpm, pcrs: string): Promise<void> {
  const [, registers = ""] = pcrs.split(":");
  const named = new Set(registers.split(",").map(Number));
  await call("pcrread", "-Q", pcrs, "-o", "values");
  if (readFileSync(at("values")).byteLength === named.size * SHA256_BYTES) return;
  throw new AppError("Misuse", {
    detail: `--tpm-pcrs: this TPM does not have all of ${pcrs}; name registers that tpm2 pcrread sha256 shows`,
  });
}
