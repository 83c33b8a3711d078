import { hash } from "node:crypto";

import type { UnlockRequest } from "@databox-cmk/protocol";
import type { Transaction } from "kysely";

import { BEING_ANSWERED } from "../core/decide-unlock.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { checkBudget } from "../quotas/unlock-budget.ts";
import { countUnlock } from "../quotas/unlock-quota.ts";
import { compileWriteOnce } from "../store/compile-once.ts";
import type { BrokerTables } from "../store/schema.ts";
import { NONCE_LIFETIME_MS } from "./challenge.ts";
import type { DeviceDependencies } from "./device-dependencies.ts";
import type { DeviceNode } from "./device-node.ts";

const insertNonce = compileWriteOnce(
  (
    store,
    {
      nonceHash,
      requestHash,
      expiresAtMs,
    }: {
      nonceHash: string;
      requestHash: string;
      expiresAtMs: number;
    },
  ) =>
    store
      .insertInto("consumed_nonces")
      .values({ nonce_hash: nonceHash, request_hash: requestHash, expires_at_ms: expiresAtMs })
      .onConflict((conflict) => conflict.column("nonce_hash").doNothing()),
);
const raiseCounter = compileWriteOnce(
  (store, { order, serial, counter }: { order: string; serial: string; counter: number }) =>
    store
      .updateTable("nodes")
      .set({ last_counter: counter })
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .where("last_counter", "<", counter),
);

/**
 * Counts the request against its quotas, then uses up nonce and counter, in one transaction; of many requests that race,
 * exactly one sees its row count of 1. A nonce whose counter is then too low stays used: the device asks for a new
 * challenge.
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
    const nonceHash = hash("sha256", request.nonce, "base64url");
    // No nonce that is valid now outlives this row.
    const expiresAtMs = now() + NONCE_LIFETIME_MS;
    if ((await insertNonce(transaction, { nonceHash, requestHash, expiresAtMs })) !== 1n)
      return { ok: false, failure: await whyUsed(transaction, nonceHash, requestHash) };
    const { order, serial } = node;
    if ((await raiseCounter(transaction, { order, serial, counter: request.counter })) !== 1n)
      return {
        ok: false,
        failure: { code: "CounterRollback", detail: "counter: another message was faster" },
      };
    return { ok: true, value: undefined };
  });
}

/** The same message, at another replica in the same moment, is no replay. */
async function whyUsed(
  transaction: Transaction<BrokerTables>,
  nonceHash: string,
  requestHash: string,
): Promise<Failure> {
  const used = await transaction
    .selectFrom("consumed_nonces")
    .select("request_hash")
    .where("nonce_hash", "=", nonceHash)
    .executeTakeFirst();
  return used?.request_hash === requestHash
    ? BEING_ANSWERED
    : { code: "ReplayDetected", detail: "nonce: used already" };
}
