import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";

import { type OrderId, orderIdOf } from "../../src/core/order.ts";
import type { Outcome } from "../../src/core/ports.ts";
import { openLease } from "../../src/release/leases/open-lease.ts";
import { probeKeys } from "../../src/release/leases/probe-keys.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import type { Store } from "../../src/store/store.ts";
import { ENGINE, openTestStore } from "../store/open-test-store.ts";
import { orderRow } from "../world/order-row.ts";

const READ_AT_ONCE = 50;
/** More than are read at once, twice over. */
const ORDERS = 120;
const START_MS = Date.UTC(2026, 5, 1);
const KID = "https://v.vault.azure.net/keys/kek/1";

const nameOf = (index: number) => ({
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  resourceGroup: "g",
  name: `order-${String(index)}`,
});
const orderOf = (index: number) => orderIdOf(nameOf(index));

let store: Store;
beforeEach(async () => {
  store = await openTestStore(":memory:");
  const names = Array.from({ length: ORDERS }, (_, index) => nameOf(index));
  await store
    .insertInto("orders")
    .values(names.map((name) => orderRow(name, START_MS)))
    .execute();
  await store
    .insertInto("order_identities")
    .values(
      names.map((name) => ({
        order_id: orderIdOf(name),
        kind: "system" as const,
        resource_id: "",
        tenant_id: "t",
        client_id: `identity of ${name.name}`,
        principal_id: "p",
        epoch: 1,
      })),
    )
    .execute();
  await store
    .insertInto("order_keys")
    .values(
      names.map((name) => ({
        order_id: orderIdOf(name),
        kek_type: "CustomerManaged" as const,
        kek_url: KID,
        kek_vault_resource_id: null,
        identity_type: "SystemAssigned" as const,
        identity_resource_id: null,
        kid: KID,
        revision: 1,
        key_address: null,
        follows_newest: 0,
      })),
    )
    .execute();
  await store
    .insertInto("nodes")
    .values(
      names.map((name) => ({
        order_id: orderIdOf(name),
        serial: "DBX-1",
        ordinal: 0,
        passkey_origin: "generated" as const,
        last_counter: 0,
      })),
    )
    .execute();
  await store
    .insertInto("envelopes")
    .values(
      names.map((name) => ({
        order_id: orderIdOf(name),
        serial: "DBX-1",
        generation: 1,
        env: "e",
        kid: KID,
        jwe_json: "{}",
        created_at_ms: START_MS,
      })),
    )
    .execute();
  await store
    .insertInto("leases")
    .values(
      names.map((name) => ({
        id: `lease of ${name.name}`,
        order_id: orderIdOf(name),
        serial: "DBX-1",
        purpose: "unlock" as const,
        grant_hash: "h",
        boot_id: "b",
        sequence: 0,
        last_counter: 0,
        state: "live" as const,
        ttl_seconds: 60,
        outage_grace_seconds: 60,
        grace_until_reboot: 0,
        granted_at_ms: START_MS,
        renewed_at_ms: START_MS,
      })),
    )
    .execute();
});
afterEach(() => store[Symbol.asyncDispose]());

function openReplica(
  atMs: number,
  isClosing = () => false,
  {
    refused,
    begins,
  }: { readonly refused?: string; readonly begins?: (order: string) => Promise<void> } = {},
) {
  const probed: string[] = [];
  const probe = async (order: string): Promise<Outcome<undefined>> => {
    probed.push(order);
    await begins?.(order);
    return order === refused
      ? { ok: false, failure: { code: "SsemUserErrorEncryptionKeyDisabled" } }
      : { ok: true, value: undefined };
  };
  const round = () =>
    probeKeys({
      store,
      custody: { probe, probeBackup: probe },
      now: () => atMs,
      random: Math.random,
      intervalSeconds: 30,
      loads: () => Promise.resolve(new Map()),
      isClosing,
      readAtOnce: READ_AT_ONCE,
    });
  return { probed, round };
}

test("one round probes the keys of all open orders, and replicas share them", async () => {
  // Each waits with its first probes until the other one has some, too.
  const { promise: bothBegan, resolve } = Promise.withResolvers<void>();
  const replicas = [0, 1].map(() =>
    openReplica(START_MS, () => false, {
      begins: () => {
        if (replicas.every(({ probed }) => probed.length > 0)) resolve();
        return bothBegan;
      },
    }),
  );
  const counts = await Promise.all(replicas.map(({ round }) => round()));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ORDERS);
  expect(new Set(replicas.flatMap(({ probed }) => probed)).size).toBe(ORDERS);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(await openReplica(START_MS).round()).toBe(0);
});

test("the keys that have waited longest come first", async () => {
  await openReplica(START_MS).round();
  for (const index of [7, 77])
    await store
      .updateTable("probes")
      .set({ due_at_ms: START_MS - 1 })
      .where("identity", "=", `identity of order-${String(index)}`)
      .execute();
  let left = READ_AT_ONCE;
  const replica = openReplica(START_MS + 60_000, () => (left -= 1) < 0);
  expect(await replica.round()).toBe(READ_AT_ONCE);
  for (const index of [7, 77]) expect(replica.probed).toContain(orderOf(index));
});

test("a refusal ends the leases of its own identity, also one that has not renewed for long", async () => {
  const refused = orderOf(5);
  await store
    .updateTable("order_identities")
    .set({ client_id: "identity of order-5" })
    .where("order_id", "=", orderOf(6))
    .execute();
  await store
    .updateTable("leases")
    .set({ renewed_at_ms: 0 })
    .where("order_id", "=", orderOf(6))
    .execute();
  const round = openReplica(START_MS + 1, () => false, { refused });
  expect(await round.round()).toBe(ORDERS - 1);
  const closed = await store
    .selectFrom("leases")
    .select("order_id")
    .where("state", "=", "refused")
    .orderBy("order_id")
    .execute();
  expect(closed.map(({ order_id: order }) => order)).toEqual([refused, orderOf(6)]);
  expect(await withdrawn()).toEqual([refused, orderOf(6)]);
});

const withdrawn = async () => {
  const rows = await store
    .selectFrom("primary_standings")
    .select("order_id")
    .where("state", "=", "refused")
    .where("code", "=", "SsemUserErrorEncryptionKeyDisabled")
    .orderBy("order_id")
    .execute();
  return rows.map(({ order_id: order }) => order);
};

test("a database of a former version keeps the refusals that only a probe or a check saw", async () => {
  await openReplica(START_MS, () => false, { refused: orderOf(5) }).round();
  await store
    .insertInto("key_health")
    .values({
      order_id: orderOf(6),
      state: "unusable",
      code: "SsemUserErrorEncryptionKeyDisabled",
      facts_json: "{}",
      risks_json: "[]",
      changed_at_ms: START_MS,
      next_check_at_ms: START_MS,
    })
    .execute();
  for (const undone of [
    "delete from primary_standings",
    "drop index leases_by_number",
    "alter table leases drop column number",
    "alter table primary_standings drop column mark",
  ])
    await sql.raw(undone).execute(store);
  await MIGRATIONS["0038-withdrawn-keys"]?.up(store);
  expect(await withdrawn()).toEqual([orderOf(5), orderOf(6)]);
});

describe("a clock that was set back by an hour", () => {
  const LATER_MS = START_MS - 3_600_000;
  const refused = orderOf(5);
  const open = async (order: OrderId) => {
    const granted = {
      grant: { lease: { id: "newer", ttlSeconds: 60, outageGraceSeconds: 60, sequence: 0 } },
      grantHash: "h",
      request: { purpose: "unlock", bootId: "b", counter: 1 },
      offlineJson: null,
      backupKey: undefined,
    } as const;
    await store
      .transaction()
      .execute((transaction) =>
        openLease(transaction, { order, serial: "DBX-1" }, granted, LATER_MS),
      );
  };
  const live = () =>
    store
      .selectFrom("leases")
      .select("id")
      .where("order_id", "=", refused)
      .where("state", "=", "live")
      .execute();

  test("spares no lease that was granted before the probe that was refused", async () => {
    await openReplica(LATER_MS, () => false, { refused }).round();
    expect(await live()).toEqual([]);
  });

  test("spares the lease that was granted while the probe was at the vault", async () => {
    const begins = (order: string) => (order === refused ? open(refused) : Promise.resolve());
    await openReplica(START_MS + 1, () => false, { refused, begins }).round();
    expect(await live()).toEqual([{ id: "newer" }]);
  });
});

test("a lease whose envelope was destroyed is not probed", async () => {
  await store.deleteFrom("envelopes").where("order_id", "=", orderOf(9)).execute();
  const replica = openReplica(START_MS);
  expect(await replica.round()).toBe(ORDERS - 1);
  expect(replica.probed).not.toContain(orderOf(9));
});

test("the keys of open leases are looked up by indexes, also before the database has statistics", async () => {
  const query = `select * from lease_keys left join probes using (identity, kid) where lease_keys.state = 'live'`;
  const explain = ENGINE === "postgres" ? "explain (analyze, format json)" : "explain query plan";
  const { rows } = await sql.raw(`${explain} ${query}`).execute(store);
  expect(ENGINE === "postgres" ? touchedRows(rows) : scannedRows(rows)).toBeLessThan(20 * ORDERS);
});

/** A table that SQLite reads whole, it reads for each lease. */
const scannedRows = (rows: unknown): number =>
  ORDERS ** 2 * explained.parse(rows).filter(({ detail }) => detail.startsWith("SCAN")).length;

/** How many rows PostgreSQL touched: those of each step, each time that it was run. */
const touchedRows = (rows: unknown): number =>
  touched(planned.parse(rows)[0]["QUERY PLAN"][0].Plan);

const planNode = z.object({
  "Actual Rows": z.number(),
  "Actual Loops": z.number(),
  get Plans() {
    return z.array(planNode).optional();
  },
});
type PlanNode = z.infer<typeof planNode>;
const planned = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: planNode })]) })]);
const explained = z.array(z.object({ detail: z.string() }));

function touched(node: PlanNode): number {
  const own = node["Actual Rows"] * node["Actual Loops"];
  return (node.Plans ?? []).reduce((sum, each) => sum + touched(each), own);
}
