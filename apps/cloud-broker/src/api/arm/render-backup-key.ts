import type { BackupKeyView } from "@databox-cmk/protocol";

import type { BackupKey } from "../../core/backup-key.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { BackupOrder } from "../../custody/backup-uses.ts";

export function renderBackupKey(backup: BackupKey, order: BackupOrder | undefined): BackupKeyView {
  const { name, kid, createdAtMs, createdBy } = backup;
  const made = { createdAt: renderTime(createdAtMs), createdBy };
  if (backup.kind === "recovery")
    return { name, kind: "RecoveryKey", kid, publicKey: backup.key.jwk, ...made };
  const { kekUrl, kekVaultResourceId, identity } = backup.choice;
  return {
    name,
    kind: "Vault",
    kid,
    kekUrl,
    kekVaultResourceID: kekVaultResourceId,
    identityProperties:
      identity.type === "UserAssigned"
        ? { type: identity.type, userAssigned: { resourceId: identity.resourceId } }
        : { type: identity.type },
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
