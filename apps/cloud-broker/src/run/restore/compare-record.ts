import { hash } from "node:crypto";

import { DAY_MS } from "../../core/day.ts";
import { type EpochMs, foldOrderId } from "../../core/order.ts";
import { OF_ERASED } from "../../release/kill-switches/revocations.ts";
import type {
  Beat,
  Erasure,
  LostDecisions,
  RestoreRecord,
  Switch,
  Use,
} from "../../store/restore-record.ts";
import type { Store } from "../../store/store.ts";

export type Comparison = {
  readonly isOlder: boolean;
  readonly own: Beat;
  readonly recorded: Beat;
  readonly lost: LostDecisions;
};

const NO_BEAT: Beat = { beat: 0, atMs: 0 };

/**
 * Compares the database with the record beside it, without changing either. Decisions from before
 * the database's own last beat are in it, so erasures are only compared from two days before.
 */
export async function compareWithRecord(
  store: Store,
  record: RestoreRecord,
  nowMs: EpochMs,
): Promise<Comparison> {
  // First, because another replica may raise both meanwhile.
  const recorded = (await record.readBeat()) ?? NO_BEAT;
  const own = await readOwnBeat(store);
  const switches = await record.listSwitches();
  const erasures = await record.listErasures(nowMs, Math.max(0, own.atMs - 2 * DAY_MS));
  const uses = await record.listUses(nowMs);
  const lost = {
    switches: await unknownSwitches(store, switches),
    erasures: await undoneErasures(store, erasures),
    uses: [
      ...(await unused(store, "approvals", uses)),
      ...(await unused(store, "break_glass", uses)),
    ],
  };
  const guards = lost.erasures.map((erasure) => ({ id: guardOf(erasure) }));
  const unguarded = await unknownSwitches(store, guards);
  const isOlder =
    own.beat < recorded.beat || lost.switches.length + unguarded.length + lost.uses.length > 0;
  return { isOlder, own, recorded, lost };
}

/**
 * Id of the kill switch that withholds keys whose destruction was lost: always the same, so that it
 * is not turned on again for an order that was erased again.
 */
export const guardOf = ({ order, atMs }: Erasure): string =>
  `${OF_ERASED}${hash("sha256", `${order} ${String(atMs)}`)}`;

export async function readOwnBeat(store: Store): Promise<Beat> {
  const row = await store.selectFrom("restore_beats").select(["beat", "at_ms"]).executeTakeFirst();
  return row === undefined ? NO_BEAT : { beat: row.beat, atMs: row.at_ms };
}

const PIECE = 500;

/** The rows that a query finds for facts, by id; it is asked once for each piece of them. */
async function findRows<Fact, Row extends { readonly id: string }>(
  facts: readonly Fact[],
  find: (piece: readonly Fact[]) => { execute(): Promise<readonly Row[]> },
): Promise<ReadonlyMap<string, Row>> {
  const found = new Map<string, Row>();
  for (let from = 0; from < facts.length; from += PIECE)
    for (const row of await find(facts.slice(from, from + PIECE)).execute()) found.set(row.id, row);
  return found;
}

async function unknownSwitches<Fact extends Pick<Switch, "id">>(
  store: Store,
  facts: readonly Fact[],
): Promise<readonly Fact[]> {
  const ids = facts.map(({ id }) => id);
  const known = await findRows(ids, (piece) =>
    store.selectFrom("revocations").select("id").where("id", "in", piece),
  );
  return facts.filter(({ id }) => !known.has(id));
}

/** An order may be created again under the name of an erased one: then its envelopes are newer. */
async function undoneErasures(
  store: Store,
  facts: readonly Erasure[],
): Promise<readonly Erasure[]> {
  const orders = facts.map(({ order }) => foldOrderId(order));
  const wrapped = await findRows(orders, (piece) =>
    store
      .selectFrom("envelopes")
      .select((row) => ["order_id as id", row.fn.min("created_at_ms").as("oldestMs")])
      .where("order_id", "in", piece)
      .groupBy("order_id"),
  );
  return facts.filter(
    ({ order, atMs }) => (wrapped.get(foldOrderId(order))?.oldestMs ?? Infinity) <= atMs,
  );
}

async function unused(
  store: Store,
  table: Use["of"],
  facts: readonly Use[],
): Promise<readonly Use[]> {
  const own = facts.filter(({ of }) => of === table);
  const ids = own.map(({ id }) => id);
  const open = await findRows(ids, (piece) =>
    table === "approvals"
      ? store.selectFrom(table).select("id").where("id", "in", piece).where("state", "=", "open")
      : store
          .selectFrom(table)
          .select("id")
          .where("id", "in", piece)
          .where("used_at_ms", "is", null),
  );
  return own.filter(({ id }) => open.has(id));
}
