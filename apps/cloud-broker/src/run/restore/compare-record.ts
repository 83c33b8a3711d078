import { hash } from "node:crypto";

import { DAY_MS } from "../../core/day.ts";
import { type EpochMs, foldOrderId } from "../../core/order.ts";
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
  const lost = {
    switches: await without(await record.listSwitches(), (fact) => hasSwitch(store, fact)),
    erasures: await without(
      await record.listErasures(nowMs, Math.max(0, own.atMs - 2 * DAY_MS)),
      (fact) => isErased(store, fact),
    ),
    uses: await without(await record.listUses(nowMs), (fact) => isUsed(store, fact)),
  };
  const unguarded = await without(lost.erasures, (fact) => hasSwitch(store, { id: guardOf(fact) }));
  const isOlder =
    own.beat < recorded.beat || lost.switches.length + unguarded.length + lost.uses.length > 0;
  return { isOlder, own, recorded, lost };
}

/**
 * Id of the kill switch that withholds keys whose destruction was lost: always the same, so that a
 * person can turn it off for good.
 */
export const guardOf = ({ order, atMs }: Erasure): string =>
  `erased-${hash("sha256", `${order} ${String(atMs)}`)}`;

export async function readOwnBeat(store: Store): Promise<Beat> {
  const row = await store.selectFrom("restore_beats").select(["beat", "at_ms"]).executeTakeFirst();
  return row === undefined ? NO_BEAT : { beat: row.beat, atMs: row.at_ms };
}

async function without<Each>(
  facts: readonly Each[],
  isKnown: (fact: Each) => Promise<boolean>,
): Promise<readonly Each[]> {
  const left: Each[] = [];
  for (const fact of facts) if (!(await isKnown(fact))) left.push(fact);
  return left;
}

async function hasSwitch(store: Store, { id }: Pick<Switch, "id">): Promise<boolean> {
  const found = store.selectFrom("revocations").select("id").where("id", "=", id);
  return (await found.executeTakeFirst()) !== undefined;
}

/** An order may be created again under the name of an erased one: then its envelopes are newer. */
async function isErased(store: Store, { order, atMs }: Erasure): Promise<boolean> {
  const wrapped = store
    .selectFrom("envelopes")
    .select("env")
    .where("order_id", "=", foldOrderId(order))
    .where("created_at_ms", "<=", atMs);
  return (await wrapped.limit(1).executeTakeFirst()) === undefined;
}

async function isUsed(store: Store, { of, id }: Use): Promise<boolean> {
  const unused =
    of === "approvals"
      ? store.selectFrom(of).select("id").where("id", "=", id).where("state", "=", "open")
      : store.selectFrom(of).select("id").where("id", "=", id).where("used_at_ms", "is", null);
  return (await unused.executeTakeFirst()) === undefined;
}
