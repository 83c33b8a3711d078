import { isErrorCode } from "@databox-cmk/errors";
import type { BackupKeyList, BackupKeyView } from "@databox-cmk/protocol";

import type { BackupKey } from "../../core/backup-key.ts";
import type { OrderId } from "../../core/order.ts";
import { nextStanding } from "../../core/primary-standing.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { type BackupOrder, findBackupOrders } from "../../custody/backup-uses.ts";
import { readStanding } from "../../custody/primary-standings.ts";
import { readHealth } from "../../custody/stored-health.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { renderKeyIdentity } from "./render-details.ts";

const WORDS = {
  working: "Working",
  unreachable: "Unreachable",
  gone: "Gone",
  refused: "Refused",
} as const;

/** Shows what is stored, without a vault call. */
export async function listBackupKeys(
  { store, now, settings }: Plane<"store" | "now" | "settings">,
  order: OrderId,
): Promise<BackupKeyList> {
  const backups = await loadBackupKeys(store, order);
  const orders = await findBackupOrders(store, order, now());
  const mayStandIn = backups.some(({ kind }) => kind === "vault");
  const stored = await readStanding(store, order);
  // An outage is stored for backups alone; others know it from the key's checks.
  const silence = mayStandIn ? undefined : (await readHealth(store, order))?.inconclusive;
  const standing =
    silence !== undefined && isErrorCode(silence.code)
      ? nextStanding(stored, { code: silence.code }, silence.atMs)
      : stored;
  return {
    value: backups.map((backup) => renderBackupKey(backup, orders.get(backup.name))),
    keyInForce: {
      standing: WORDS[standing.kind],
      code: standing.kind === "working" ? undefined : standing.code,
      since: standing.kind === "working" ? undefined : renderTime(standing.sinceMs),
      backupFrom:
        standing.kind === "unreachable" && mayStandIn
          ? renderTime(standing.sinceMs + settings.backupAfterSeconds * 1000)
          : undefined,
    },
  };
}

export function renderBackupKey(backup: BackupKey, order: BackupOrder | undefined): BackupKeyView {
  const { name, kid, createdAtMs, createdBy } = backup;
  const made = { createdAt: renderTime(createdAtMs), createdBy };
  if (backup.kind === "recovery")
    return { name, kind: "RecoveryKey", kid, publicKey: backup.key.jwk, ...made };
  return {
    name,
    kind: "Vault",
    kid,
    kekUrl: backup.choice.kekUrl,
    kekVaultResourceID: backup.choice.kekVaultResourceId,
    identityProperties: renderKeyIdentity(backup.choice.identity),
    ...made,
    order:
      order === undefined
        ? undefined
        : {
            orderedAt: renderTime(order.orderedAtMs),
            by: order.by,
            reason: order.reason,
            until: renderTime(order.untilMs),
          },
  };
}
