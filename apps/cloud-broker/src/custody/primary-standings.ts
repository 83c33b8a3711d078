import { isErrorCode } from "@databox-cmk/errors";
import type { Kysely } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { Clock, Failure } from "../core/ports.ts";
import { meaningOf, nextStanding, type PrimaryStanding } from "../core/primary-standing.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { Store } from "../store/store.ts";
import { findWithdrawal } from "./find-withdrawal.ts";

/**
 * @returns the resulting state; probes and health checks, which can also see a refusal, count as
 * well
 */
export async function noteFailure(
  { store, now }: { readonly store: Store; readonly now: Clock },
  order: OrderId,
  failure: Failure,
): Promise<PrimaryStanding> {
  return store.transaction().execute(async (transaction) => {
    const former = await readStanding(transaction, order);
    const meaning = meaningOf(failure);
    const withdrawn =
      meaning === "unreachable" && (former.kind === "working" || former.kind === "unreachable")
        ? await findWithdrawal(transaction, order)
        : undefined;
    const known =
      withdrawn === undefined ? former : nextStanding(former, withdrawn.failure, withdrawn.atMs);
    const next = nextStanding(known, failure, now());
    if (next === former) return next;
    if (next.kind === "working") await noteWorking(transaction, order);
    else {
      const columns = { state: next.kind, code: next.code, since_ms: next.sinceMs };
      await transaction
        .insertInto("primary_standings")
        .values({ order_id: order, ...columns })
        .onConflict((conflict) => conflict.column("order_id").doUpdateSet(columns))
        .execute();
    }
    return next;
  });
}

export async function noteWorking(store: Kysely<BrokerTables>, order: OrderId): Promise<void> {
  await store.deleteFrom("primary_standings").where("order_id", "=", order).execute();
}

export async function readStanding(
  store: Kysely<BrokerTables>,
  order: OrderId,
): Promise<PrimaryStanding> {
  const row = await store
    .selectFrom("primary_standings")
    .select(["state", "code", "since_ms"])
    .where("order_id", "=", order)
    .executeTakeFirst();
  if (row === undefined) return { kind: "working" };
  const { state, code, since_ms: sinceMs } = row;
  if (!isErrorCode(code)) throw new TypeError(`a stored failure has the unknown code ${code}`);
  // An unknown state is treated as a refusal, which is the safe side.
  const kind = state === "unreachable" || state === "gone" ? state : "refused";
  return { kind, code, sinceMs };
}
