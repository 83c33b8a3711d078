import { randomUUID } from "node:crypto";

import type { Envelope } from "@databox-cmk/crypto";

import { type Auditing, type AuditedAction, note } from "../audit/record.ts";
import type { BackupKey } from "../core/backup-key.ts";
import { decideBackup } from "../core/decide-backup.ts";
import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { loadBackupKeys } from "./backup-keys.ts";
import { findBackupOrders } from "./backup-uses.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { VaultAccess } from "./key-reader.ts";
import { noteFailure } from "./primary-standings.ts";
import { type Use, type Used, unwrapWith } from "./unwrap-with.ts";
import type { KnownKeys, OrderLocation } from "./usable-key.ts";
import { usableBackupOf } from "./wrap-for-order.ts";

export type BackupDependencies = Auditing &
  VaultAccess &
  KnownKeys &
  Pick<CustodyDependencies, "now" | "backupAfterSeconds">;

/** The backup key that was used, and the failure of the current key. */
export type BackupUse = { readonly name: string; readonly failure: Failure };

/**
 * Runs after the current key has failed. The failure is recorded, and where the rule allows it
 * (core/decide-backup.ts) the order's backup keys are tried by name. If none opens the envelope,
 * the answer is still the failure of the current key, since a backup's failure says nothing about
 * that key.
 */
export async function openByBackup<T>(
  deps: BackupDependencies,
  at: OrderLocation,
  envelope: Envelope,
  failure: Failure,
  use: Use<T>,
  correlationId: string = randomUUID(),
): Promise<Outcome<Used<T> & { readonly backup: BackupUse }>> {
  const all = await loadBackupKeys(deps.store, at.order);
  if (all.length === 0) return failed(failure);
  // The failure is noted even if only a recovery key is left: people decide by it.
  const standing = await noteFailure(deps, at.order, failure);
  const backups = all.filter((backup) => backup.kind === "vault");
  if (backups.length === 0) return failed(failure);
  const nowMs = deps.now();
  const orders = await findBackupOrders(deps.store, at.order, nowMs);
  const context = { actor: { kind: "broker" }, correlationId } as const;
  const entry = { chain: at.order, action: "backupKey/use", context } as const;
  const told: string[] = [];
  for (const backup of backups) {
    const decision = decideBackup(failure, {
      standing,
      orderedForMs: orders.get(backup.name)?.failedSinceMs,
      afterSeconds: deps.backupAfterSeconds,
      nowMs,
    });
    if (decision.kind === "never") return failed(failure);
    if (decision.kind === "wait")
      told.push(`${backup.name} may be used from ${new Date(decision.fromMs).toISOString()}`);
    else if (decision.kind === "ask")
      told.push(`${backup.name} may be used after an owner confirms it`);
    else {
      const opened = await openBy(deps, at, envelope, backup, async (contentKey, by) => {
        await recordUse(deps, entry, backup, failure, by.vaultRequestId);
        return use(contentKey, by);
      });
      if (opened.ok)
        return { ok: true, value: { ...opened.value, backup: { name: backup.name, failure } } };
      told.push(`${backup.name} failed with ${opened.failure.code}`);
    }
  }
  const detail = `${failure.detail === undefined ? "" : `${failure.detail}; `}backup keys: ${told.join(", ")}`;
  return failed({ ...failure, detail });
}

/** A separate audit row for every use of the content key, durable before its use. */
async function recordUse(
  deps: Auditing,
  entry: AuditedAction,
  { name, kid }: BackupKey,
  failure: Failure,
  vaultRequestId: string | undefined,
): Promise<void> {
  await note(deps, entry, {
    kid,
    vaultRequestId,
    detail: { backupKey: name, because: failure.code, becauseReason: failure.reason },
  });
}

async function openBy<T>(
  deps: VaultAccess & KnownKeys,
  at: OrderLocation,
  envelope: Envelope,
  backup: Extract<BackupKey, { kind: "vault" }>,
  use: Use<T>,
): Promise<Outcome<Used<T>>> {
  const usable = usableBackupOf(deps, at, backup);
  if (!usable.ok) return usable;
  const key = await deps.reader.readUsable(usable.value);
  return key.ok ? unwrapWith(deps, usable.value, { envelope, kid: backup.kid }, use) : key;
}
