import { randomUUID } from "node:crypto";

import type { AuditAction } from "@databox-cmk/protocol";
import { sql } from "kysely";

import { type Auditing, record } from "../../audit/record.ts";
import type { EpochMs } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import { fromJson, toJson } from "../../store/json-column.ts";
import { jsonMember } from "../../store/json-member.ts";
import type { LostDecisions } from "../../store/restore-record.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";

/** Unconfirmed restores, oldest first. */
export async function listUnconfirmed(store: Store) {
  const rows = await store
    .selectFrom("restores")
    .select(["id", "found_at_ms", "since_ms", "lost_json"])
    .where("confirmed", "=", "")
    .orderBy("found_at_ms")
    .execute();
  return rows.map(({ lost_json, ...row }) => ({ ...row, lost: fromJson(lost_json) }));
}

/** @returns undefined when it was not restored since */
export async function lastRestoredAt(store: Store, sinceMs: EpochMs): Promise<EpochMs | undefined> {
  const row = await store
    .selectFrom("restores")
    .select("found_at_ms")
    .where("found_at_ms", ">", sinceMs)
    .orderBy("found_at_ms", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.found_at_ms;
}

/**
 * Devices that know more than the restored database, by their refused messages since: the node and
 * its order, or the address of one that the database does not know, with the code.
 */
export async function listAhead(store: Store, sinceMs: EpochMs): Promise<readonly string[]> {
  return [...(await findAhead(store, sinceMs, true)), ...(await findAhead(store, sinceMs, false))];
}

async function findAhead(
  store: Store,
  sinceMs: EpochMs,
  isKnown: boolean,
): Promise<readonly string[]> {
  const member = (...path: readonly string[]) => jsonMember<string>(store, "row_json", ...path);
  const rows = await store
    .selectFrom("audit")
    .leftJoin("nodes", (join) =>
      join
        .onRef("nodes.order_id", "=", sql.ref("audit.chain"))
        .on("nodes.serial", "=", member("serial")),
    )
    .select([
      "audit.chain",
      member("serial").as("serial"),
      member("actor", "address").as("address"),
      member("code").as("code"),
    ])
    .distinct()
    .where("audit.at_ms", ">=", sinceMs)
    .where(member("code"), "in", AHEAD)
    // Only an authentic message is in the chain of an order.
    .where("audit.chain", isKnown ? "<>" : "=", "broker")
    // A node that got its key since has caught up.
    .where((row) =>
      row.or([row("nodes.last_outcome", "is", null), row("nodes.last_outcome", "<>", "granted")]),
    )
    .limit(AHEAD_MAX)
    .execute();
  return rows.map(({ chain, serial, address, code }) =>
    chain === "broker"
      ? `unknown appliance at ${address}: ${code}`
      : `${serial} (${chain}): ${code}`,
  );
}

/**
 * Known appliances that are ahead of a restored database, until a person confirms the restore:
 * anyone can send messages as an unknown one.
 */
export async function countAhead(store: Store): Promise<number> {
  const [oldest] = await listUnconfirmed(store);
  return oldest === undefined ? 0 : (await findAhead(store, oldest.since_ms, true)).length;
}

const AHEAD_MAX = 1_000;
const AHEAD = ["GenerationRollback", "EnvelopeMismatch", "LeaseInvalid", "DeviceNotAuthenticated"];

/** @param sinceMs - decisions after it may be missing */
export async function insertRestore(
  transaction: StoreTransaction,
  sinceMs: EpochMs,
  nowMs: EpochMs,
  lost: LostDecisions,
): Promise<void> {
  await transaction
    .insertInto("restores")
    .values({
      id: randomUUID(),
      found_at_ms: nowMs,
      since_ms: sinceMs,
      lost_json: toJson(lost),
      confirmed: "",
    })
    .execute();
}

/** Notes a restore that no record could tell. */
export async function tellRestore(
  deps: Auditing & { readonly now: Clock },
  sinceMs: EpochMs,
): Promise<void> {
  const nothing = { switches: [], erasures: [], uses: [] };
  await record(deps, entryOf("database/restored"), async (transaction) => {
    await insertRestore(transaction, sinceMs, deps.now(), nothing);
    return { detail: { since: new Date(sinceMs).toISOString(), lost: "told by a person" } };
  });
}

/** @param reason - why a person confirms the restores */
export async function confirmRestores(deps: Auditing, reason: string): Promise<void> {
  await record(deps, entryOf("database/confirmRestore"), async (transaction) => {
    const confirmed = await transaction
      .updateTable("restores")
      .set({ confirmed: reason })
      .where("confirmed", "=", "")
      .executeTakeFirst();
    return confirmed.numUpdatedRows === 0n ? undefined : { detail: { reason } };
  });
}

export const entryOf = <Action extends AuditAction>(action: Action) =>
  ({
    chain: "broker",
    action,
    context: { actor: { kind: "broker" }, correlationId: randomUUID() },
  }) as const;

/** How much of it the record knows. */
export function renderLost({ switches, erasures, uses }: LostDecisions): string {
  const counted = [
    [switches.length, "kill switches"],
    [erasures.length, "erasures"],
    [uses.length, "used approvals"],
  ] as const;
  return counted.map(([count, what]) => `${String(count)} ${what}`).join(", ");
}

/** Each known loss in a line. */
export const describeLost = ({ switches, erasures, uses }: LostDecisions): readonly string[] => [
  ...switches.map(
    ({ scope, reason, created_at_ms }) =>
      `kill switch of ${timeOf(created_at_ms)} over ${scope} (${reason}): it is on again`,
  ),
  ...erasures.map(
    ({ order, atMs }) =>
      `erasure of ${timeOf(atMs)}: ${order} is withheld by a kill switch; end or cancel it, and erase it again`,
  ),
  ...uses.map(({ of, id }) => `${of} ${id}: it was used, and stays used`),
];

/** @param atMs - 0: the database was empty */
export const timeOf = (atMs: EpochMs): string =>
  atMs === 0 ? "its beginning" : new Date(atMs).toISOString();
