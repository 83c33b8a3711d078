import { hash } from "node:crypto";

import type { UnlockRequest } from "@databox-cmk/protocol";

import type { Outcome } from "../core/ports.ts";
import { checkBudget } from "../quotas/unlock-budget.ts";
import { countUnlock } from "../quotas/unlock-quota.ts";
import { NONCE_LIFETIME_MS } from "./challenge.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode } from "./device-node.ts";

/**
 * Counts the request against its quotas, then uses up nonce and counter, in one transaction; of many requests that race, exactly one sees its row count of 1. A nonce
 * whose counter is then too low stays used: the device asks for a new challenge.
 */
export async function consumeNonce(
  deps: Pick<DeviceDependencies, "commit" | "now" | "unlockQuota" | "countCustomerUnlock">,
  requestHash: string,
  request: UnlockRequest,
  node: DeviceNode,
): Promise<Outcome<undefined>> {
  const { commit, now, unlockQuota } = deps;
  const busy = await deps.countCustomerUnlock(node.order);
  if (busy !== undefined) return { ok: false, failure: busy };
  return commit(async (transaction) => {
    const limited =
      (await countUnlock(transaction, unlockQuota, node, now())) ??
      (request.purpose === "prepare"
        ? undefined
        : await checkBudget(transaction, node.order, now()));
    if (limited !== undefined) return { ok: false, failure: limited };
    const inserted = await transaction
      .insertInto("consumed_nonces")
      .values({
        nonce_hash: hash("sha256", request.nonce, "base64url"),
        request_hash: requestHash,
        // No nonce that is valid now outlives this row.
        expires_at_ms: now() + NONCE_LIFETIME_MS,
      })
      .onConflict((conflict) => conflict.column("nonce_hash").doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n)
      return { ok: false, failure: { code: "ReplayDetected", detail: "nonce: used already" } };
    const counted = await transaction
      .updateTable("nodes")
      .set({ last_counter: request.counter })
      .where("order_id", "=", node.order)
      .where("serial", "=", node.serial)
      .where("last_counter", "<", request.counter)
      .executeTakeFirst();
    if (counted.numUpdatedRows !== 1n)
      return {
        ok: false,
        failure: { code: "CounterRollback", detail: "counter: another message was faster" },
      };
    return { ok: true, value: undefined };
  });
}
