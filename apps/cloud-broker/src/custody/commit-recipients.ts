import type { Envelope } from "@databox-cmk/crypto";
import { ERRORS } from "@databox-cmk/errors";
import type { AuditAction } from "@databox-cmk/protocol";

import { type Auditing, note, record } from "../audit/record.ts";
import { failed } from "../core/failed.ts";
import { failureColumns } from "../core/failure-columns.ts";
import type { OrderId } from "../core/order.ts";
import type { Actor, Clock, Failure, Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Work } from "../store/transactions.ts";
import { bindRevision, CommitConflict, insertEnvelopes } from "./bind-revision.ts";
import type { CurrentKey } from "./current-key.ts";
import { loadOwnPasskey, type OwnPasskey } from "./own-passkey.ts";
import { loadCurrentEnvelopes, type StoredEnvelope } from "./stored-envelopes.ts";

export type ChangeContext = {
  readonly actor: Actor;
  readonly correlationId: string;
  /** Writes that belong to the same decision, in the same transaction. */
  readonly alsoCommit?: Work<unknown>;
};
/** Everything of an order that is wrapped to its keys. */
type StoredWrapping = StoredEnvelope | OwnPasskey;
/** An envelope with other recipients, not committed yet. */
export type MovedWrapping = { readonly from: StoredWrapping; readonly to: Envelope };

export async function loadWrappings(
  store: Store,
  order: OrderId,
): Promise<readonly StoredWrapping[]> {
  const own = await loadOwnPasskey(store, order);
  return [...(await loadCurrentEnvelopes(store, order)), ...(own === undefined ? [] : [own])];
}

/**
 * One transaction. It fails as a whole if a change of key, a preparation or another backup was
 * committed first.
 */
export async function commitRecipients<Value>(
  deps: Auditing & { readonly now: Clock },
  { order, revision }: CurrentKey,
  moved: readonly MovedWrapping[],
  context: ChangeContext,
  change: {
    readonly action: AuditAction;
    readonly name: string;
    readonly kid: string;
    readonly detail: Readonly<Record<string, string>>;
    readonly value: Value;
    write(transaction: StoreTransaction): Promise<void>;
  },
): Promise<Outcome<Value>> {
  try {
    await record(deps, { chain: order, action: change.action, context }, async (transaction) => {
      await bindRevision(transaction, order, revision);
      await context.alsoCommit?.(transaction);
      await writeWrappings(transaction, order, moved, deps.now());
      await change.write(transaction);
      return {
        kid: change.kid,
        detail: { ...change.detail, backupKey: change.name, envelopes: moved.length },
      };
    });
    return { ok: true, value: change.value };
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return failed({ code: "RewrapConflict", facts: orderFacts(order) });
  }
}

/**
 * Writes the next generation of each node, and the customer's own passkey.
 *
 * @param kid - the new version of the current key; absent: it stays
 * @throws {CommitConflict} when another change came first
 */
export async function writeWrappings(
  transaction: StoreTransaction,
  order: OrderId,
  moved: readonly MovedWrapping[],
  nowMs: number,
  kid?: string,
): Promise<void> {
  for (const { from, to } of moved) {
    const json = JSON.stringify(to.toJSON());
    if ("serial" in from) {
      const { serial, env } = from;
      const next = { generation: from.generation + 1, kid: kid ?? from.kid, jwe_json: json };
      const row = { order_id: order, serial, env, ...next, created_at_ms: nowMs };
      await insertEnvelopes(transaction, [row]);
      continue;
    }
    const { numUpdatedRows } = await transaction
      .updateTable("own_passkeys")
      .set({ envelope_json: json })
      .where("order_id", "=", order)
      .where("envelope_json", "=", from.json)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new CommitConflict();
  }
}

/** A failed change is also a decision, and audited; nothing else is written. */
export async function auditRefusal(
  deps: Auditing,
  { order, action }: { readonly order: OrderId; readonly action: AuditAction },
  failure: Failure,
  context: Pick<ChangeContext, "actor" | "correlationId">,
  detail: Readonly<Record<string, string>>,
): Promise<Outcome<never>> {
  await note(
    deps,
    { chain: order, action, context },
    {
      outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
      ...failureColumns(failure),
      detail,
    },
  );
  return failed(failure);
}
