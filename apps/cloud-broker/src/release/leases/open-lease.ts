import type { Grant, UnlockQuestion } from "@databox-cmk/protocol";
import { type Insertable, sql } from "kysely";

import type { OrderId } from "../../core/order.ts";
import { compileWriteOnce } from "../../store/fast/compile-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { StoreTransaction } from "../../store/store.ts";

const supersede = compileWriteOnce((store, { order, serial }: { order: OrderId; serial: string }) =>
  store
    .updateTable("leases")
    .set({ state: "superseded" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("state", "in", ["live", "refused"]),
);
const insertLease = compileWriteOnce((store, row: Insertable<BrokerTables["leases"]>) =>
  store.insertInto("leases").values((lease) => ({
    ...row,
    number: lease
      .selectFrom("leases as former")
      .select(sql<number>`coalesce(max(number), 0) + 1`.as("number")),
  })),
);

/**
 * Runs in the transaction of the grant. A node holds one lease: the new one replaces the earlier
 * ones. Both statements are sent together.
 */
export async function openLease(
  transaction: StoreTransaction,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  granted: {
    grant: Pick<Grant, "lease">;
    grantHash: string;
    request: Pick<UnlockQuestion, "purpose" | "bootId" | "counter">;
    offlineJson: string | null;
    backupKey: string | undefined;
  },
  nowMs: number,
): Promise<void> {
  if (granted.request.purpose === "prepare") return; // Nothing stays open after a preparation.
  const { id, ttlSeconds, outageGraceSeconds, graceUntilReboot, sequence } = granted.grant.lease;
  await Promise.all([
    supersede(transaction, { order, serial }),
    insertLease(transaction, {
      id,
      order_id: order,
      serial,
      purpose: granted.request.purpose,
      grant_hash: granted.grantHash,
      boot_id: granted.request.bootId,
      sequence,
      last_counter: granted.request.counter,
      state: "live",
      ttl_seconds: ttlSeconds,
      outage_grace_seconds: outageGraceSeconds,
      granted_at_ms: nowMs,
      renewed_at_ms: nowMs,
      refusal_json: null,
      refused_at_ms: null,
      told_at_ms: null,
      closed_at_ms: null,
      backup_key: granted.backupKey ?? null,
      grace_until_reboot: graceUntilReboot === true ? 1 : 0,
      offline_json: granted.offlineJson,
    }),
  ]);
}
