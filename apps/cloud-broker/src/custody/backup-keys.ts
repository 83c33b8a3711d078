import { importRecoveryKey } from "@databox-cmk/crypto";

import type { BackupChoice, BackupKey } from "../core/backup-key.ts";
import type { OrderId } from "../core/order.ts";
import {
  columnsOf,
  keyChoiceOf,
  NAMED_IDENTITY,
  namedIdentity,
  ofNamedIdentity,
} from "../store/key-choice-columns.ts";
import type { Store } from "../store/store.ts";

/** The backup keys of an order by name, each with the identity that it names, in one statement. */
export async function loadBackupKeys(store: Store, order: OrderId): Promise<readonly BackupKey[]> {
  const rows = await store
    .selectFrom("backup_keys")
    .leftJoin("order_identities", ofNamedIdentity("backup_keys"))
    .select([
      "backup_keys.name",
      "backup_keys.kind",
      "backup_keys.kek_url",
      "backup_keys.kek_vault_resource_id",
      "backup_keys.identity_type",
      "backup_keys.identity_resource_id",
      "backup_keys.kid",
      "backup_keys.public_jwk_json",
      "backup_keys.created_at_ms",
      "backup_keys.created_by",
      ...NAMED_IDENTITY,
    ])
    .where("backup_keys.order_id", "=", order)
    .orderBy("backup_keys.name")
    .execute();
  return rows.map((row): BackupKey => {
    const { name, kid } = row;
    const made = { name, kid, createdAtMs: row.created_at_ms, createdBy: row.created_by };
    if (row.kind === "recovery")
      return {
        ...made,
        kind: "recovery",
        key: importRecoveryKey(JSON.parse(row.public_jwk_json ?? "null")),
      };
    const choice = keyChoiceOf({ ...row, kek_type: "CustomerManaged" });
    if (choice.kekType !== "CustomerManaged") throw new TypeError("a backup key without a vault");
    return { ...made, kind: "vault", choice, identities: namedIdentity(row) };
  });
}

/** The columns of `backup_keys` for a choice. */
export function backupColumnsOf(chosen: BackupChoice, kid: string) {
  if (chosen.kind === "recovery")
    return {
      kind: chosen.kind,
      kek_url: null,
      kek_vault_resource_id: null,
      identity_type: null,
      identity_resource_id: null,
      kid,
      public_jwk_json: JSON.stringify(chosen.key.jwk),
    };
  const { kek_type: _type, ...columns } = columnsOf(chosen.choice);
  return { kind: chosen.kind, ...columns, kid, public_jwk_json: null };
}
