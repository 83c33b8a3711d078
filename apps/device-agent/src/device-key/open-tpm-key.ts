import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { fromDer, importVerifyKey } from "@databox-cmk/crypto";
import type { SigningKey } from "@databox-cmk/crypto";

import type { TpmKey } from "../core/tpm-key.ts";
import { loadObject, useObject } from "./tpm-object.ts";
import { withTpm } from "./tpm2.ts";

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
