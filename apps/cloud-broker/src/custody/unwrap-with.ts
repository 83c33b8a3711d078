import { matchesCommitment, zero } from "@databox-cmk/crypto";

import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { describeFailure } from "./describe-failure.ts";
import type { VaultAccess } from "./key-reader.ts";
import type { StoredEnvelope } from "./stored-envelopes.ts";
import type { UsableKey } from "./usable-key.ts";

/** The key that unwrapped a content key. */
export type Unwrapped = { readonly kid: string; readonly vaultRequestId?: string | undefined };
/** The result of a content key's use, and the key that unwrapped it. */
export type Used<T> = Unwrapped & { readonly result: T };
/** Must keep no copy: the content key is zeroed when it ends. */
export type Use<T> = (contentKey: Uint8Array, by: Unwrapped) => Promise<T> | T;

/** An envelope, and the version of a key among its recipients. */
export type Wrapping = Pick<StoredEnvelope, "envelope" | "kid">;

/**
 * The one place where a content key of an envelope is in the clear: the vault unwraps it, the
 * envelope's commitment is checked, `use` has it, and it is zeroed however `use` ends. Applies none
 * of our own rules to the key: see `KeyReader.readUsable`.
 */
export async function unwrapWith<T>(
  { vaults, reader }: VaultAccess,
  usable: UsableKey,
  { envelope, kid }: Wrapping,
  use: Use<T>,
): Promise<Outcome<Used<T>>> {
  const encryptedKey = envelope.recipients.find((recipient) => recipient.kid === kid)?.encryptedKey;
  if (encryptedKey === undefined) return failed(NO_RECIPIENT);
  const unwrapped = await vaults.unwrapKey(usable.identity, kid, encryptedKey);
  if (!unwrapped.ok) return failed(await reader.explain(usable, unwrapped.failure));
  const { contentKey, ...answer } = unwrapped.value;
  try {
    if (!matchesCommitment(envelope, contentKey))
      return failed(describeFailure({ ...FOREIGN_KEY, ...answer }, usable));
    const by = { kid, ...answer };
    return { ok: true, value: { ...by, result: await use(contentKey, by) } };
  } finally {
    zero(contentKey);
  }
}

const NO_RECIPIENT: Failure = {
  code: "PasskeyUnavailable",
  detail: "the envelope has no recipient for its key",
};
const FOREIGN_KEY: Failure = {
  code: "KeyVersionMismatch",
  detail: "the unwrapped key is not the envelope's",
};
