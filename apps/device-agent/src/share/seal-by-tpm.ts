import type { TpmKey } from "../core/tpm-key.ts";
import { createObject, loadObject, useObject } from "../device-key/tpm-object.ts";
import { withTpm } from "../device-key/tpm2.ts";

/** An object that only one TPM opens, and with registers only while they keep their values. */
export type Sealed = Pick<TpmKey, "tcti" | "pcrs" | "publicArea" | "privateArea">;

/** @throws {AppError} `DeviceKeyUnavailable` */
export async function sealByTpm({ tcti, pcrs }: TpmKey, secret: Uint8Array): Promise<Sealed> {
  const parts = await withTpm(tcti, (tpm) => createObject(tpm, pcrs, [], { secret }));
  return { tcti, pcrs, ...parts };
}

/**
 * @returns the secret; the caller zeroes it
 * @throws {AppError} `BootStateChanged` or `DeviceKeyUnavailable`
 */
export function unsealByTpm(sealed: Sealed): Promise<Uint8Array> {
  return withTpm(sealed.tcti, async (tpm) => {
    await loadObject(tpm, sealed);
    return await useObject(tpm, sealed.pcrs, (...object) => tpm.take("unseal", ...object));
  });
}
