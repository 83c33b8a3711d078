import type { Insertable } from "kysely";

import { REPEAT_MS } from "../../core/decide-offline.ts";
import type { OrderId } from "../../core/order.ts";
import { compileOnce, compileWriteOnce } from "../../store/fast/compile-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import type { SignedAnswer } from "./signed-answer.ts";

/** How long an answer is kept for the same message. */
export const ANSWER_LIFETIME_MS = 60_000;

const selectAnswer = compileOnce(
  (store, { requestHash, forgottenMs }: { requestHash: string; forgottenMs: number }) =>
    store
      .selectFrom("stored_answers")
      .select(["status", "body"])
      .where("request_hash", "=", requestHash)
      .where("created_at_ms", ">", forgottenMs),
);

type StoredAnswer = Insertable<BrokerTables["stored_answers"]>;

const insertAnswer = compileWriteOnce(
  (store, { forgottenMs, ...row }: StoredAnswer & { readonly forgottenMs: number }) =>
    store
      .insertInto("stored_answers")
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column("request_hash")
          .doUpdateSet(row)
          .where("stored_answers.created_at_ms", "<=", forgottenMs),
      ),
);

/**
 * The signed answer that this exact message got within the last minute, so that a lost answer can
 * be requested again.
 */
export async function findStoredAnswer(
  store: Store,
  requestHash: string,
  nowMs: number,
): Promise<SignedAnswer | undefined> {
  const [row] = await selectAnswer(store, { requestHash, forgottenMs: nowMs - ANSWER_LIFETIME_MS });
  if (row === undefined) return undefined;
  return { status: row.status, text: row.body };
}

/**
 * Runs in the transaction of the decision's audit row, so the answer exists exactly when the row
 * does. A message has only one answer.
 *
 * @param grantOf - the order whose erasure deletes the answer
 * @returns false when another replica has stored one within the last minute
 */
export async function storeAnswer(
  transaction: StoreTransaction,
  requestHash: string,
  { status, text }: SignedAnswer,
  nowMs: number,
  grantOf: OrderId | null = null,
): Promise<boolean> {
  const stored = await insertAnswer(transaction, {
    request_hash: requestHash,
    status,
    body: text,
    created_at_ms: nowMs,
    order_id: grantOf,
    forgottenMs: nowMs - ANSWER_LIFETIME_MS,
  });
  return stored === 1n;
}

export async function forgetAnswer(
  transaction: StoreTransaction,
  requestHash: string,
): Promise<void> {
  await transaction.deleteFrom("stored_answers").where("request_hash", "=", requestHash).execute();
}

/** Deletes answers and nonces that can no longer matter. */
export async function forgetExpired(store: Store, nowMs: number): Promise<void> {
  await store
    .updateTable("offline_unlocks")
    .set({ answer: "" })
    .where("answer", "<>", "")
    .where("granted_at_ms", "<", nowMs - REPEAT_MS)
    .execute();
  await store
    .deleteFrom("stored_answers")
    .where("created_at_ms", "<=", nowMs - ANSWER_LIFETIME_MS)
    .execute();
  await store.deleteFrom("consumed_nonces").where("expires_at_ms", "<=", nowMs).execute();
}
