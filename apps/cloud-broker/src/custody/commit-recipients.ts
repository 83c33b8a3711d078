import type { Envelope } from "@databox-cmk/crypto";
import { ERRORS } from "@databox-cmk/errors";
import type { AuditAction } from "@databox-cmk/protocol";

import { type Auditing, note, record } from "../audit/record.ts";
import { failed } from "../core/failed.ts";
import { failureColumns } from "../core/failure-columns.ts";
import type { OrderId } from "../core/order.ts";
import type { Actor, Clock, Failure, Outcome } from "../core/ports.ts";
import { orderFacts } from "../core/recovery-facts.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Work } from "../store/transactions.ts";
import { bindRevision, CommitConflict, isTakenKey } from "./bind-revision.ts";
import type { CurrentKey } from "./current-key.ts";
import type { OwnPasskey } from "./own-passkey.ts";
import type { StoredEnvelope } from "./stored-envelopes.ts";

export type ChangeContext = {
  readonly actor: Actor;
  readonly correlationId: string;
  /** Writes that belong to the same decision, in the same transaction. */
  readonly alsoCommit?: Work<unknown>;
};
/** Everything of an order that is wrapped to its keys. */
export type StoredWrapping = StoredEnvelope | OwnPasskey;
/** An envelope with other recipients, not committed yet. */
export type MovedWrapping = { readonly from: StoredWrapping; readonly to: Envelope };

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
      if (!(await bindRevision(transaction, order, revision))) throw new CommitConflict();
      await context.alsoCommit?.(transaction);
      for (const each of moved) await writeNext(transaction, order, each, deps.now());
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

async function writeNext(
  transaction: StoreTransaction,
  order: OrderId,
  { from, to }: MovedWrapping,
  nowMs: number,
): Promise<void> {
  const json = JSON.stringify(to.toJSON());
  if (!("serial" in from)) {
    const replaced = await transaction
      .updateTable("own_passkeys")
      .set({ envelope_json: json })
      .where("order_id", "=", order)
      .where("envelope_json", "=", from.json)
      .executeTakeFirst();
    if (replaced.numUpdatedRows !== 1n) throw new CommitConflict();
    return;
  }
  try {
    await transaction
      .insertInto("envelopes")
      .values({
        order_id: order,
        serial: from.serial,
        generation: from.generation + 1,
        env: from.env,
        kid: from.kid,
        jwe_json: json,
        created_at_ms: nowMs,
      })
      .execute();
  } catch (error) {
    throw isTakenKey(error) ? new CommitConflict() : error;
  }
}

export async function auditRefusal(
  deps: Auditing,
  order: OrderId,
  action: AuditAction,
  name: string,
  failure: Failure,
  context: ChangeContext,
): Promise<void> {
  await note(
    deps,
    { chain: order, action, context },
    {
      outcome: ERRORS[failure.code].class === "refused" ? "refused" : "failed",
      ...failureColumns(failure),
      detail: { backupKey: name },
    },
  );
}
