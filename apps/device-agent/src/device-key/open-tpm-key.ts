import { hash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { fromDer, importVerifyKey } from "@databox-cmk/crypto";
import type { SigningKey } from "@databox-cmk/crypto";

import type { TpmKey } from "../core/tpm-key.ts";
import { createPrimary } from "./create-primary.ts";
import { withTpm } from "./tpm2.ts";
import type { Tpm } from "./tpm2.ts";

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

function sign({ tcti, pcrs, publicArea, privateArea }: TpmKey, data: Uint8Array) {
  return withTpm(tcti, async (tpm): Promise<Uint8Array> => {
    const { at, call } = tpm;
    writeFileSync(at("public"), Buffer.from(publicArea, "base64"));
    writeFileSync(at("private"), Buffer.from(privateArea, "base64"));
    writeFileSync(at("digest"), hash("sha256", data, "buffer"));
    await createPrimary(tpm);
    await call("load", "-Q", "-C", "primary", "-u", "public", "-r", "private", "-c", "key");
    await tpm.forgetObjects();
    await (pcrs === undefined ? signDigest(tpm) : signInSession(tpm, pcrs));
    await tpm.forgetObjects();
    return fromDer(readFileSync(at("signature")));
  });
}

async function signInSession(tpm: Tpm, pcrs: string): Promise<void> {
  await tpm.call("startauthsession", "-Q", "--policy-session", "-S", "session");
  try {
    await tpm.call("policypcr", "-Q", "-S", "session", "-l", pcrs);
    await signDigest(tpm, "-p", "session:session");
  } finally {
    await tpm.call("flushcontext", "session");
  }
}

async function signDigest({ call }: Tpm, ...authorization: readonly string[]): Promise<void> {
  const algorithm = ["-g", "sha256", "-s", "ecdsa", "-f", "plain"];
  await call(
    "sign",
    "-Q",
    "-c",
    "key",
    ...algorithm,
    ...authorization,
    "-d",
    "-o",
    "signature",
    "digest",
  );
}
