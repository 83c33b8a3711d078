import { readFileSync, writeFileSync } from "node:fs";

import type { TpmKey } from "../core/tpm-key.ts";
import { createPrimary } from "../device-key/create-primary.ts";
import { withTpm } from "../device-key/tpm2.ts";

/** An object that only one TPM opens, and with registers only while they keep their values. */
export type Sealed = Pick<TpmKey, "tcti" | "pcrs" | "publicArea" | "privateArea">;

/** @throws {AppError} `DeviceKeyUnavailable` */
export function sealByTpm({ tcti, pcrs }: TpmKey, secret: Uint8Array): Promise<Sealed> {
  return withTpm(tcti, async (tpm) => {
    const { at, call } = tpm;
    await createPrimary(tpm);
    const rules = [
      "-a",
      `fixedtpm|fixedparent${pcrs === undefined ? "|userwithauth" : "|adminwithpolicy"}`,
    ];
    if (pcrs !== undefined) {
      await call("startauthsession", "-Q", "-S", "session");
      await call("policypcr", "-Q", "-S", "session", "-l", pcrs, "-L", "policy");
      await call("flushcontext", "session");
      rules.push("-L", "policy");
    }
    // The secret goes through a pipe: never into a file, nor into a command line.
    await tpm.give(
      secret,
      "create",
      "-Q",
      "-C",
      "primary",
      "-i",
      "-",
      ...rules,
      "-u",
      "public",
      "-r",
      "private",
    );
    await tpm.forgetObjects();
    return {
      tcti,
      pcrs,
      publicArea: readFileSync(at("public")).toString("base64"),
      privateArea: readFileSync(at("private")).toString("base64"),
    };
  });
}

/**
 * @returns the secret; the caller zeroes it
 * @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable`
 */
export function unsealByTpm({ tcti, pcrs, publicArea, privateArea }: Sealed): Promise<Uint8Array> {
  return withTpm(tcti, async (tpm) => {
    const { at, call } = tpm;
    writeFileSync(at("public"), Buffer.from(publicArea, "base64"));
    writeFileSync(at("private"), Buffer.from(privateArea, "base64"));
    await createPrimary(tpm);
    await call("load", "-Q", "-C", "primary", "-u", "public", "-r", "private", "-c", "share");
    await tpm.forgetObjects();
    if (pcrs === undefined) return tpm.take("unseal", "-c", "share");
    await call("startauthsession", "-Q", "--policy-session", "-S", "session");
    try {
      await call("policypcr", "-Q", "-S", "session", "-l", pcrs);
      return await tpm.take("unseal", "-c", "share", "-p", "session:session");
    } finally {
      await call("flushcontext", "session");
      await tpm.forgetObjects();
    }
  });
}
