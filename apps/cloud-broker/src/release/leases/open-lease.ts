import type { Grant, UnlockQuestion } from "@databox-cmk/protocol";

import type { OrderId } from "../../core/order.ts";
import type { UnlockPurpose } from "../../core/unlock-purposes.ts";
import { compileWriteOnce } from "../../store/fast/compile-once.ts";
import type { StoreTransaction } from "../../store/store.ts";

const supersede = compileWriteOnce((store, { order, serial }: { order: OrderId; serial: string }) =>
  store
    .updateTable("leases")
    .set({ state: "superseded" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("state", "in", ["live", "refused"]),
);
const insertLease = compileWriteOnce(
  (
    store,
    values: {
      id: string;
      order: OrderId;
      serial: string;
      purpose: UnlockPurpose;
      grantHash: string;
      bootId: string;
      sequence: number;
      counter: number;
      ttlSeconds: number;
      outageGraceSeconds: number;
      nowMs: number;
      backupKey: string | null;
      graceUntilReboot: 0 | 1;
      offlineJson: string | null;
    },
  ) =>
    store.insertInto("leases").values({
      id: values.id,
      order_id: values.order,
      serial: values.serial,
      purpose: values.purpose,
      grant_hash: values.grantHash,
      boot_id: values.bootId,
      sequence: values.sequence,
      last_counter: values.counter,
      state: "live",
      ttl_seconds: values.ttlSeconds,
      outage_grace_seconds: values.outageGraceSeconds,
      granted_at_ms: values.nowMs,
      renewed_at_ms: values.nowMs,
      refusal_json: null,
      refused_at_ms: null,
      told_at_ms: null,
      closed_at_ms: null,
      backup_key: values.backupKey,
      grace_until_reboot: values.graceUntilReboot,
      offline_json: values.offlineJson,
    }),
);

/**
 * Runs in the transaction of the grant. A node holds one lease: the new one replaces the earlier
 * ones. Both statements are sent together.
 */
export async function openLease(
  transaction: StoreTransaction,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  {
    grant,
    grantHash,
    request,
    offlineJson,
    backupKey,
  }: {
    grant: Grant;
    grantHash: string;
    request: UnlockQuestion;
    offlineJson: string | null;
    backupKey: string | undefined;
  },
  nowMs: number,
): Promise<void> {
  if (request.purpose === "prepare") return; // Nothing stays open after a preparation.
  const { id, ttlSeconds, outageGraceSeconds, graceUntilReboot, sequence } = grant.lease;
  await Promise.all([
    supersede(transaction, { order, serial }),
    insertLease(transaction, {
      id,
      order,
      serial,
      purpose: request.purpose,
      grantHash,
      bootId: request.bootId,
      sequence,
      counter: request.counter,
      ttlSeconds,
      outageGraceSeconds,
      nowMs,
      backupKey: backupKey ?? null,
      graceUntilReboot: graceUntilReboot === true ? 1 : 0,
      offlineJson,
    }),
  ]);
}
