import type { EnvelopeRecipient } from "@databox-cmk/crypto";

import type { BackupKey } from "../core/backup-key.ts";
import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import type { VaultAccess } from "./key-reader.ts";
import {
  atVersion,
  type KnownKeys,
  type OrderLocation,
  type UsableKey,
  usableKeyOf,
} from "./usable-key.ts";
import { wrapContentKey } from "./wrap-content-key.ts";

/** All keys that an order's envelopes are wrapped to. */
export type WrappingKeys = {
  readonly usable: UsableKey;
  /** Version of the current key. */
  readonly kid: string;
  readonly backups: readonly BackupKey[];
};

/**
 * Wraps a content key to the current key and to every backup; a vault's backup must prove to
 * unwrap again. All or none: a missing backup in an envelope would be noticed only on the day when
 * that backup is needed.
 */
export async function wrapForOrder(
  deps: VaultAccess & KnownKeys,
  { usable, kid, backups }: WrappingKeys,
  contentKey: Uint8Array,
): Promise<Outcome<readonly EnvelopeRecipient[]>> {
  const first = await wrapContentKey(deps, usable, kid, contentKey);
  if (!first.ok) return first;
  const recipients: EnvelopeRecipient[] = [{ kid, encryptedKey: first.value }];
  for (const backup of backups) {
    const wrapped = await wrapToBackup(deps, usable, backup, contentKey);
    if (!wrapped.ok) return failed(ofBackup(wrapped.failure, backup.name));
    recipients.push({ kid: backup.kid, encryptedKey: wrapped.value });
  }
  return { ok: true, value: recipients };
}

export async function wrapToBackup(
  deps: VaultAccess & KnownKeys,
  at: OrderLocation,
  backup: BackupKey,
  contentKey: Uint8Array,
): Promise<Outcome<Uint8Array>> {
  if (backup.kind === "recovery") return { ok: true, value: backup.key.wrap(contentKey) };
  const usable = usableBackupOf(deps, at, backup);
  if (!usable.ok) return usable;
  return wrapContentKey(deps, usable.value, backup.kid, contentKey);
}

/** The version of a backup key that the envelopes name. */
export function usableBackupOf(
  known: KnownKeys,
  at: OrderLocation,
  backup: Extract<BackupKey, { kind: "vault" }>,
): Outcome<UsableKey> {
  const chosen = usableKeyOf(known, at, backup.identities, backup.choice);
  return chosen.ok ? atVersion(chosen.value, backup.kid, known.keyVaultSuffixes) : chosen;
}

/** Adds the name of the failed key to the failure. */
export function ofBackup(failure: Failure, name: string): Failure {
  const detail = failure.detail === undefined ? "" : `: ${failure.detail}`;
  return { ...failure, detail: `backup key ${name}${detail}` };
}
