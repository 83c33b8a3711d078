import { parseEnvelope } from "@databox-cmk/crypto";
import type { Custody } from "@databox-cmk/protocol";

import type { OrderId } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";
import { bindRevision, CommitConflict, insertEnvelopes } from "./bind-revision.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { AlsoCommit } from "./key-custody.ts";
import { isSplit } from "./stored-envelopes.ts";

export type RekeyCommit = {
  readonly order: OrderId;
  readonly serial: string;
  readonly rekey: string;
  /** Custody that the order's policy asks for. */
  readonly custodyIn: (transaction: StoreTransaction) => Promise<Custody["kind"]>;
  readonly alsoCommit: AlsoCommit;
};

/**
 * Commits the next generation of a node's envelope, by the compare-and-swap of every change of an
 * order's envelopes. A proposal that a rotation or the wish for split custody has overtaken is not
 * put in force, and its node proposes again.
 */
export async function commitRekey(
  { store, now }: Pick<CustodyDependencies, "store" | "now">,
  commit: RekeyCommit,
): Promise<boolean> {
  try {
    await store.transaction().execute(async (transaction) => {
      await makeCurrent(transaction, commit, now());
      await commit.alsoCommit(transaction);
    });
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}

async function makeCurrent(
  transaction: StoreTransaction,
  { order, serial, rekey, custodyIn }: RekeyCommit,
  nowMs: number,
): Promise<void> {
  const proposed = await transaction
    .selectFrom("rekeys")
    .select(["revision", "env", "kid", "jwe_json"])
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("id", "=", rekey)
    .where("committed_at_ms", "is", null)
    .executeTakeFirst();
  if (proposed === undefined) throw new CommitConflict();
  const { revision, env, kid, jwe_json } = proposed;
  await bindRevision(transaction, order, revision);
  if (!isSplit({ envelope: parseEnvelope(jwe_json) }) && (await custodyIn(transaction)) === "split")
    throw new CommitConflict();
  const newest = await transaction
    .selectFrom("envelopes")
    .select((row) => row.fn.max("generation").as("generation"))
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .executeTakeFirstOrThrow();
  const generation = newest.generation + 1;
  const row = { order_id: order, serial, generation, env, kid, jwe_json, created_at_ms: nowMs };
  await insertEnvelopes(transaction, [row]);
  await transaction
    .updateTable("rekeys")
    .set({ committed_at_ms: nowMs, jwe_json: "" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("id", "=", rekey)
    .execute();
  await noteGeneratedPasskey(transaction, order, serial);
}

/**
 * The broker generated the passkey of a rekeyed node, even if the customer brought the first one.
 */
export async function noteGeneratedPasskey(
  transaction: StoreTransaction,
  order: OrderId,
  serial: string,
): Promise<void> {
  await transaction
    .updateTable("nodes")
    .set({ passkey_origin: "generated" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .execute();
}
