import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import {
  fromDer,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
} from "@databox-cmk/crypto";
import type { SigningKey } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import type { DeviceKeyGrade } from "@databox-cmk/protocol";

import type { TpmKey } from "../core/tpm-key.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { loadObject, useObject } from "./tpm-object.ts";
import { withTpm } from "./tpm2.ts";

/** Signs in the same way, whether a file or a TPM holds the key. */
export type DeviceKey = { readonly signingKey: SigningKey; readonly grade: DeviceKeyGrade };

export type KeyFolder = Pick<StateFolder, "path" | "readTpmKey" | "readDeviceKey">;

/** @throws {AppError} `AgentStateUnreadable` */
export function requireDeviceKey(folder: KeyFolder): DeviceKey {
  const found = findDeviceKey(folder);
  if (found === undefined)
    throw new AppError("AgentStateUnreadable", {
      detail: `${folder.path}/device-key.pem: missing. Where systemd keeps the key, the service asks: systemctl start databox-agent-unlock`,
    });
  return found;
}

/** @throws {AppError} `AgentStateUnreadable` */
export function findDeviceKey(folder: KeyFolder): DeviceKey | undefined {
  const tpmKey = folder.readTpmKey();
  if (tpmKey !== undefined) return { signingKey: openTpmKey(tpmKey), grade: gradeOf(tpmKey) };
  const pem = folder.readDeviceKey();
  return pem === undefined ? undefined : { signingKey: importKey(folder, pem), grade: "file" };
}

/** Durable before it is used. */
export function makeFileKey(folder: Pick<StateFolder, "writeDeviceKey">): DeviceKey {
  const { key, privatePem } = generateSigningKey();
  folder.writeDeviceKey(privatePem);
  return { signingKey: key, grade: "file" };
}

/** Without the key itself, which may be a secret that only the service can read. */
export function readGrade(folder: Pick<StateFolder, "readTpmKey">): DeviceKeyGrade {
  const tpmKey = folder.readTpmKey();
  return tpmKey === undefined ? "file" : gradeOf(tpmKey);
}

export function gradeOf({ pcrs }: Pick<TpmKey, "pcrs">): DeviceKeyGrade {
  return pcrs === undefined ? "tpm" : "tpm-measured-boot";
}

function importKey({ path }: Pick<StateFolder, "path">, pem: string): SigningKey {
  try {
    return importSigningKey(pem);
  } catch (error) {
    throw new AppError("AgentStateUnreadable", {
      detail: `${path}/device-key.pem: not a key`,
      cause: error,
    });
  }
}

/**
 * The protection of the key against theft of the disk, or of the whole machine, in words for a
 * person.
 */
export const GRADE_TEXTS = {
  file: "in a file",
  tpm: "in the TPM",
  "tpm-measured-boot": "in the TPM, bound to measured boot",
} as const satisfies Record<DeviceKeyGrade, string>;

/** Uses the TPM only for a signature; one signature at a time. */
export function openTpmKey(key: TpmKey): SigningKey {
  const { kid, jwk } = importVerifyKey(key.publicKey);
  let last: Promise<unknown> = Promise.resolve();
  return {
    kid,
    publicJwk: jwk,
    /** @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable` */
    sign(data) {
      const signed = last.then(() => sign(key, data));
      last = signed.catch(() => undefined);
      return signed;
    },
  };
}

function sign(key: TpmKey, data: Uint8Array): Promise<Uint8Array> {
  return withTpm(key.tcti, async (tpm) => {
    writeFileSync(tpm.at("digest"), hash("sha256", data, "buffer"));
    await loadObject(tpm, key);
    const algorithm = ["-g", "sha256", "-s", "ecdsa", "-f", "plain"];
    const files = ["-d", "-o", "signature", "digest"];
    await useObject(tpm, key.pcrs, (...object) =>
      tpm.call("sign", "-Q", ...object, ...algorithm, ...files),
    );
    return fromDer(readFileSync(tpm.at("signature")));
  });
}
