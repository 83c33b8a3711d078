import type { UnlockRequest } from "@databox-cmk/protocol";
import type { Transaction } from "kysely";

import { BEING_ANSWERED } from "../../core/decide-unlock.ts";
import type { OrderId } from "../../core/order.ts";
import type { Failure, Outcome } from "../../core/ports.ts";
import { compileWriteOnce } from "../../store/compile-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import { commitUnlessWithdrawn, Withdrawn } from "../../store/withdrawn.ts";
import { countUnlock } from "../limits/unlock-quota.ts";
import { NONCE_LIFETIME_MS } from "../message/challenge.ts";
import type { DeviceDependencies } from "../message/device-dependencies.ts";
import type { DeviceNode } from "../message/device-node.ts";

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
  (store, { order, serial, counter }: { order: OrderId; serial: string; counter: number }) =>
    store
      .updateTable("nodes")
      .set({ last_counter: counter })
      .where("order_id", "=", order)
      .where("serial", "=", serial)
      .where("last_counter", "<", counter),
);

/**
 * Counts the request against its quotas and uses up nonce and counter, all or nothing, in one
 * transaction; of many concurrent requests exactly one sees row counts of 1.
 */
export async function consumeNonce(
  deps: Pick<DeviceDependencies, "commit" | "now" | "unlockQuota" | "countCustomerUnlock">,
  requestHash: string,
  nonceHash: string,
  request: UnlockRequest,
  node: DeviceNode,
): Promise<Outcome<undefined>> {
  const { now, unlockQuota } = deps;
  const { order, serial } = node;
  const busy = await deps.countCustomerUnlock(order);
  if (busy !== undefined) return { ok: false, failure: busy };
  return commitUnlessWithdrawn(deps.commit, async (transaction) => {
    const [inserted, raised] = await Promise.all([
      // Every nonce that is valid now expires before this row does.
      insertNonce(transaction, { nonceHash, requestHash, expiresAtMs: now() + NONCE_LIFETIME_MS }),
      raiseCounter(transaction, { order, serial, counter: request.counter }),
      countUnlock(transaction, unlockQuota, node, now()),
    ]);
    if (inserted !== 1n) throw new Withdrawn(await whyUsed(transaction, nonceHash, requestHash));
    if (raised !== 1n)
      throw new Withdrawn({
        code: "CounterRollback",
        detail: "counter: another message came first",
      });
  });
}

/** The same message at another replica at the same moment is not a replay. */
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
