import { type Auditing, record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { DAY_MS } from "../../core/day.ts";
import { foldOrderId } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import type { Announce } from "../../events/announce.ts";
import { useBreakGlass } from "../../release/approvals/break-glass.ts";
import { closeApproval } from "../../release/approvals/stored-approvals.ts";
import { rememberSwitches } from "../../release/kill-switches/revocations.ts";
import type { Beat, RestoreRecord } from "../../store/restore-record.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { type Comparison, compareWithRecord, guardOf, readOwnBeat } from "./compare-record.ts";
import { entryOf, insertRestore, lastRestoredAt, renderLost } from "./restores.ts";

type Keeping = Auditing & { readonly now: Clock; readonly announce: Announce };

/** How long refusals mention a restore: appliances are away for weeks. */
const MENTIONED_MS = 90 * DAY_MS;

/**
 * One round: what the record has and the database has not is enforced again, then both are noted to
 * be alive. The database's beat is committed before that of the record is written, so a crash in
 * between is not taken for a restore.
 *
 * @returns a round, for the start and every minute after it
 */
export function createRecordRounds(deps: Keeping): () => Promise<void> {
  const { store, now } = deps;
  const { restoreRecord, restored } = store;
  let wasCompared = false;
  const compare = async (beside: RestoreRecord) => {
    const recorded = await beside.readBeat();
    const isBehind = (await readOwnBeat(store)).beat < (recorded?.beat ?? 0);
    if (!wasCompared || isBehind) await enforceAgain(deps, beside);
    wasCompared = true;
    await rememberSwitches(store, beside);
    await beside.flush();
    await beside.writeBeat(await raiseBeat(store, now()));
    await beside.removeBefore(Math.min(now(), recorded?.atMs ?? 0));
  };
  return async () => {
    try {
      if (restoreRecord !== undefined) await compare(restoreRecord);
    } finally {
      if (restored !== undefined) restored.atMs = await lastRestoredAt(store, now() - MENTIONED_MS);
    }
  };
}

async function enforceAgain(deps: Keeping, restoreRecord: RestoreRecord): Promise<void> {
  const comparison = await compareWithRecord(deps.store, restoreRecord, deps.now());
  if (!comparison.isOlder) return;
  await record(deps, entryOf("database/restored"), (transaction) =>
    noteRestore(deps, transaction, comparison),
  );
}

/** Of replicas that find it together, the first one notes it. */
async function noteRestore(
  { appendAudit, announce, now }: Keeping,
  transaction: StoreTransaction,
  { own, recorded, lost }: Comparison,
) {
  const nowMs = now();
  await insertBeat(transaction);
  const first = await transaction
    .updateTable("restore_beats")
    .set({ beat: Math.max(own.beat, recorded.beat) + 1, at_ms: nowMs })
    .where("beat", "=", own.beat)
    .executeTakeFirst();
  if (first.numUpdatedRows !== 1n) return undefined;
  const erasures = lost.erasures.map(({ order, atMs }) => ({
    id: guardOf({ order, atMs }),
    kind: "order" as const,
    scope: foldOrderId(order),
    origin: "operator" as const,
    reason: `its keys were destroyed on ${new Date(atMs).toISOString()}, before the database was restored: end or cancel the order, and erase it again`,
    created_at_ms: Math.max(nowMs, atMs),
    created_by: "broker",
  }));
  for (const row of [...lost.switches, ...erasures]) {
    const inserted = await transaction
      .insertInto("revocations")
      .values({ ...row, lifted_at_ms: null, lifted_by: null })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows === 0n) continue;
    const { kind, scope, origin, reason, created_by: createdBy } = row;
    const [order = "", serial] = scope.split(" ", 2);
    const chain = foldOrderId(order);
    const isOfOrder = kind === "order" || kind === "node";
    await announce(transaction, {
      type: EVENT_TYPES.accessRevoked,
      ...(isOfOrder ? { order: chain } : { subscription: scope }),
      atMs: nowMs,
      data: { serial, origin, reason },
    });
    // Its owner finds it in the order's activity; those of many orders are in the broker's chain.
    if (!isOfOrder) continue;
    const { context, action } = entryOf("order/revoke");
    const detail = { scope: kind, origin, reason, createdBy, restored: true };
    await appendAudit(transaction, chain, { ...context, action, outcome: "done", detail });
  }
  // It was announced when it was used.
  const former = { announce: () => Promise.resolve(), now: () => nowMs };
  for (const { of, id } of lost.uses)
    if (of === "approvals") await closeApproval(transaction, id, "released", nowMs);
    else await useBreakGlass(transaction, former, id, "before the restore");
  await insertRestore(transaction, own.atMs, nowMs, lost);
  return { detail: { since: new Date(own.atMs).toISOString(), lost: renderLost(lost) } };
}

async function insertBeat(store: Store): Promise<void> {
  await store
    .insertInto("restore_beats")
    .values({ id: 1, beat: 0, at_ms: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function raiseBeat(store: Store, nowMs: number): Promise<Beat> {
  await insertBeat(store);
  const { beat } = await store
    .updateTable("restore_beats")
    .set((row) => ({ beat: row("beat", "+", 1), at_ms: nowMs }))
    .returning("beat")
    .executeTakeFirstOrThrow();
  return { beat, atMs: nowMs };
}
