import { isErrorCode } from "@databox-cmk/errors";

import { parseFailureJson } from "../core/failure-json.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import type { Clock, Failure } from "../core/ports.ts";
import { meaningOf, nextStanding, type PrimaryStanding } from "../core/primary-standing.ts";
import type { Store } from "../store/store.ts";
import { readHealth } from "./stored-health.ts";

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
    const known =
      meaningOf(failure) === "unreachable"
        ? await withWithdrawal(transaction, order, former)
        : former;
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

export async function noteWorking(store: Store, order: OrderId): Promise<void> {
  await store.deleteFrom("primary_standings").where("order_id", "=", order).execute();
}

/** With the refusals that only a probe or a health check saw. */
export const knownStanding = async (store: Store, order: OrderId): Promise<PrimaryStanding> =>
  withWithdrawal(store, order, await readStanding(store, order));

async function withWithdrawal(
  store: Store,
  order: OrderId,
  stored: PrimaryStanding,
): Promise<PrimaryStanding> {
  if (stored.kind === "refused" || stored.kind === "gone") return stored;
  const withdrawn = await findWithdrawal(store, order);
  return withdrawn === undefined ? stored : nextStanding(stored, withdrawn.failure, withdrawn.atMs);
}

export async function readStanding(store: Store, order: OrderId): Promise<PrimaryStanding> {
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

/**
 * The latest refusal that a probe or a health check saw, unless the current key has granted an
 * unlock or passed a check since. Without it, a key that was withdrawn while no node unlocked would
 * only look unreachable.
 */
async function findWithdrawal(
  store: Store,
  order: OrderId,
): Promise<{ readonly failure: Failure; readonly atMs: EpochMs } | undefined> {
  const seen: { readonly failure: Failure; readonly atMs: EpochMs }[] = [];
  const probed = await store
    .selectFrom("probes")
    .innerJoin("node_keys", (join) =>
      join
        .onRef("node_keys.identity", "=", "probes.identity")
        .onRef("node_keys.kid", "=", "probes.kid"),
    )
    .select(["probes.failure_json", "probes.checked_at_ms"])
    .where("node_keys.order_id", "=", order)
    .where("probes.state", "=", "refused")
    .executeTakeFirst();
  const probeFailure = parseFailureJson(probed?.failure_json ?? null);
  if (probeFailure !== undefined)
    seen.push({ failure: probeFailure, atMs: probed?.checked_at_ms ?? 0 });
  const known = await readHealth(store, order);
  if (known?.health.state === "unusable") {
    seen.push({
      failure: { code: known.health.code, reason: known.health.reason },
      atMs: known.checkedAtMs ?? known.changedAtMs,
    });
  }
  if (seen.length === 0) return undefined;
  const granted = await store
    .selectFrom("leases")
    .select((lease) => lease.fn.max("granted_at_ms").as("at_ms"))
    .where("order_id", "=", order)
    .where("backup_key", "is", null)
    .executeTakeFirst();
  const checked = known?.health.state === "healthy" || known?.health.state === "at-risk";
  const workedAtMs = Math.max(granted?.at_ms ?? 0, checked ? (known.checkedAtMs ?? 0) : 0);
  return seen
    .filter(({ atMs }) => atMs > workedAtMs)
    .toSorted((one, other) => other.atMs - one.atMs)[0];
}
