import { equalConstantTime, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { Outcome } from "../core/ports.ts";
import type { VaultAccess } from "./key-reader.ts";
import type { UsableKey } from "./usable-key.ts";

/**
 * Wraps a content key and proves that the wrapping opens again before it is used: wrap → unwrap →
 * compare.
 *
 * @param kid - the version to wrap to: never the versionless address, which would follow a rotation
 * @returns the wrapped key
 */
export async function wrapContentKey(
  { vaults, reader }: VaultAccess,
  usable: UsableKey,
  kid: string,
  contentKey: Uint8Array,
): Promise<Outcome<Uint8Array>> {
  const wrapped = await vaults.wrapKey(usable.identity, kid, contentKey);
  if (!wrapped.ok) return failed(await reader.explain(usable, wrapped.failure));
  const { encryptedKey } = wrapped.value;
  const unwrapped = await vaults.unwrapKey(usable.identity, kid, encryptedKey);
  if (!unwrapped.ok) return failed(await reader.explain(usable, unwrapped.failure));
  try {
    if (equalConstantTime(unwrapped.value.contentKey, contentKey))
      return { ok: true, value: encryptedKey };
    return failed({
      code: "RewrapVerificationFailed",
      vaultRequestId: unwrapped.value.vaultRequestId,
    });
  } finally {
    zero(unwrapped.value.contentKey);
  }
}
