import type { BackupKeyList } from "@databox-cmk/protocol";

import type { OrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import { loadBackupKeys } from "../../custody/backup-keys.ts";
import { findBackupOrders } from "../../custody/backup-uses.ts";
import { readStanding } from "../../custody/primary-standings.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { renderBackupKey } from "./render-backup-key.ts";

const WORDS = {
  working: "Working",
  unreachable: "Unreachable",
  gone: "Gone",
  refused: "Refused",
} as const;

/** As stored, without a vault call. */
export async function listBackupKeys(
  { store, now, settings }: ControlPlane,
  order: OrderId,
): Promise<BackupKeyList> {
  const backups = await loadBackupKeys(store, order);
  const orders = await findBackupOrders(store, order, now());
  const standing = await readStanding(store, order);
  const mayStandIn = backups.some(({ kind }) => kind === "vault");
  return {
    value: backups.map((backup) => renderBackupKey(backup, orders.get(backup.name))),
    keyInForce: {
      standing: WORDS[standing.kind],
      ...(standing.kind === "working"
        ? {}
        : { code: standing.code, since: renderTime(standing.sinceMs) }),
      backupFrom:
        standing.kind === "unreachable" && mayStandIn
          ? renderTime(standing.sinceMs + settings.backupAfterSeconds * 1000)
          : undefined,
    },
  };
}
