import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { openTemporaryFolder } from "@databox-cmk/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { EVENT_TYPES, type News } from "../../src/core/cloud-event.ts";
import { type OrderId, orderIdOf } from "../../src/core/order.ts";
import { destroyWrappings } from "../../src/custody/destroy-wrappings.ts";
import { findOrder } from "../../src/orders/find-order.ts";
import { listStanding } from "../../src/release/kill-switches/revocations.ts";
import { restoreAccess, revokeNow } from "../../src/release/kill-switches/switch-unlocking.ts";
import { probeRestores } from "../../src/run/doctor/probe-restores.ts";
import { createRecordRounds } from "../../src/run/restore/keep-record.ts";
import {
  confirmRestores,
  countAhead,
  describeLost,
  listAhead,
  listUnconfirmed,
} from "../../src/run/restore/restores.ts";
import { createRestoreRecord } from "../../src/store/restore-record.ts";
import type { Store, StoreTransaction } from "../../src/store/store.ts";
import { orderRow } from "../world/order-row.ts";
import { openTestStore } from "./open-test-store.ts";

const NAME = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  resourceGroup: "demo",
  name: "job",
};
const ORDER = orderIdOf(NAME);
const SERIAL = "DBX-1";
const STARTED_MS = Date.UTC(2026, 10, 25);
const DAY_MS = 86_400_000;

let nowMs = STARTED_MS;
const now = () => nowMs;
let folder: ReturnType<typeof openTemporaryFolder>;
let open: Store[];
beforeEach(() => {
  nowMs = STARTED_MS;
  folder = openTemporaryFolder();
  open = [];
});
afterEach(async () => {
  for (const store of open) await store.destroy();
  folder[Symbol.dispose]();
});

/** A broker's store as of the backup, beside the same record: what a restore brings back. */
async function openBackup(record = folder.path) {
  const store: Store = Object.assign(await openTestStore(":memory:"), {
    restoreRecord: createRestoreRecord(record),
    restored: { atMs: undefined },
  });
  open.push(store);
  const appendAudit = createAppendAudit({ now });
  const announced: News[] = [];
  const deps = {
    store,
    appendAudit,
    now,
    announce: (_transaction: StoreTransaction, news: News) => {
      announced.push(news);
      return Promise.resolve();
    },
  };
  await store.insertInto("orders").values(orderRow(NAME, STARTED_MS)).execute();
  await store
    .insertInto("envelopes")
    .values({
      order_id: ORDER,
      serial: SERIAL,
      generation: 1,
      env: "env",
      kid: "kid",
      jwe_json: "{}",
      created_at_ms: STARTED_MS,
    })
    .execute();
  const context = {
    actor: { kind: "broker" },
    by: "operator@contoso.com",
    correlationId: "correlation",
  } as const;
  const scope = { kind: "order", order: ORDER } as const;
  return {
    store,
    deps,
    announced,
    round: createRecordRounds(deps),
    isRevoked: async () => {
      const origins = ["customer", "operator"] as const;
      const on = await Promise.all(origins.map((origin) => listStanding(store, scope, origin)));
      return on.flat().length > 0;
    },
    revoke: () => revokeNow({ deps, scope, origin: "customer", context }, "stolen"),
    restoreAccess: (origin: "customer" | "operator" = "customer") =>
      restoreAccess({
        deps: { ...deps, admitChange: () => Promise.reject(new Error("not asked")) },
        scope,
        origin,
        context,
      }),
    erase: () =>
      destroyWrappings(deps, { chain: ORDER, action: "order/erase", context }, () =>
        Promise.resolve({}),
      ),
    lost: async () => (await listUnconfirmed(store)).flatMap(({ lost }) => describeLost(lost)),
    examine: () => probeRestores(store, store.restoreRecord, nowMs),
    actions: async (chain: OrderId | "broker" = "broker") =>
      (await store.selectFrom("audit").select("row_json").where("chain", "=", chain).execute()).map(
        ({ row_json }) => /"action":"([^"]+)"/.exec(row_json)?.[1],
      ),
  };
}

// Evidence: A restored backup.
test("a kill switch of after the backup holds again, is reported once, and ends by its owner", async () => {
  const before = await openBackup();
  await before.round();
  nowMs += DAY_MS;
  await before.revoke();
  const after = await openBackup();
  expect(await after.isRevoked()).toBe(false);
  expect(await after.examine()).toMatchObject({ ok: false });
  await after.round();
  expect(await after.isRevoked()).toBe(true);
  expect(await after.lost()).toEqual([
    `kill switch of 2026-11-26T00:00:00.000Z over ${ORDER} (stolen): it is on again`,
  ]);
  expect(await after.actions()).toEqual(["database/restored"]);
  expect(await after.actions(ORDER)).toEqual(["order/revoke"]);
  expect(after.announced).toMatchObject([
    {
      type: EVENT_TYPES.accessRevoked,
      order: ORDER,
      data: { origin: "customer", reason: "stolen" },
    },
  ]);
  expect(await after.examine()).toMatchObject({
    ok: false,
    failure: { remedy: { command: "broker restored" } },
  });
  await confirmRestores(after.deps, "ticket 12");
  expect(await after.examine()).toMatchObject({ ok: true });
  expect(await after.isRevoked()).toBe(true);
  await after.restoreAccess();
  await createRecordRounds(after.deps)();
  expect(await after.isRevoked()).toBe(false);
  expect(await after.actions()).toEqual(["database/restored", "database/confirmRestore"]);
});

test("no kill switch is too old, and an erasure matters for 400 days", async () => {
  const record = createRestoreRecord(folder.path);
  const row = {
    kind: "fleet",
    scope: "*",
    origin: "operator",
    reason: "drill",
    created_at_ms: nowMs,
    created_by: "ada",
  } as const;
  for (const id of ["0", "1970-01-01", "ffff"]) await record.keepSwitch({ ...row, id });
  await record.keepErasure(ORDER, nowMs);
  const counted = async () => [
    (await record.listSwitches()).length,
    (await record.listErasures(nowMs, 0)).length,
    (await record.listErasures(nowMs, nowMs + DAY_MS)).length,
  ];
  expect(await counted()).toEqual([3, 1, 0]);
  nowMs += 401 * DAY_MS;
  expect(await counted()).toEqual([3, 0, 0]);
});

test("appliances that know more than a restored database are listed, and refusals mention the restore", async () => {
  const before = await openBackup();
  await before.round();
  await before.round();
  const { store, deps, round } = await openBackup();
  await expect(findOrder(store, { ...NAME, name: "lost" })).rejects.toMatchObject({
    code: "ResourceNotFound",
    reason: undefined,
  });
  await round();
  await expect(findOrder(store, { ...NAME, name: "lost" })).rejects.toMatchObject({
    code: "ResourceNotFound",
    reason: "restored",
  });
  const refused = { outcome: "refused", correlationId: "correlation", action: "unlock" } as const;
  await store.transaction().execute(async (transaction) => {
    await deps.appendAudit(transaction, ORDER, {
      ...refused,
      actor: { kind: "device", serial: SERIAL, address: "192.0.2.1" },
      serial: SERIAL,
      code: "GenerationRollback",
    });
    for (const code of ["DeviceNotAuthenticated", "NonceExpired"] as const)
      await deps.appendAudit(transaction, "broker", {
        ...refused,
        actor: { kind: "stranger", address: "192.0.2.2" },
        code,
      });
  });
  expect((await listAhead(store, nowMs)).toSorted()).toEqual([
    `${SERIAL} (${ORDER}): GenerationRollback`,
    "unknown appliance at 192.0.2.2: DeviceNotAuthenticated",
  ]);
  expect(await countAhead(store)).toBe(1);
});

test("a switch that was turned off is not turned on by an older backup", async () => {
  const before = await openBackup();
  await before.revoke();
  await before.restoreAccess();
  const after = await openBackup();
  await after.round();
  expect(await after.isRevoked()).toBe(false);
});

// Evidence: A restored backup.
test("keys that were destroyed after the backup are withheld, and the doctor names them until they are destroyed again", async () => {
  const before = await openBackup();
  nowMs += DAY_MS;
  await before.erase();
  const after = await openBackup();
  await after.round();
  expect(await after.isRevoked()).toBe(true);
  await confirmRestores(after.deps, "ticket 12");
  expect(await after.examine()).toMatchObject({
    ok: false,
    failure: { detail: expect.stringContaining(ORDER) },
  });
  // A restart finds the same erasure, and nothing new.
  await createRecordRounds(after.deps)();
  expect(await after.lost()).toEqual([]);
  // Nor does another restore withhold again what is withheld.
  await createRestoreRecord(folder.path).writeBeat({ beat: 9, atMs: nowMs });
  await createRecordRounds(after.deps)();
  expect(await listUnconfirmed(after.store)).toHaveLength(1);
  expect(await after.actions(ORDER)).toEqual(["order/revoke"]);
  await confirmRestores(after.deps, "ticket 13");
  await expect(after.restoreAccess("operator")).rejects.toMatchObject({
    code: "OrderStageForbids",
    detail: expect.stringContaining("erase it again"),
  });
  expect(await after.isRevoked()).toBe(true);
  await after.erase();
  expect(await after.examine()).toMatchObject({ ok: true });
  await after.restoreAccess("operator");
  expect(await after.isRevoked()).toBe(false);
});

test("an order that was created again under the name of an erased one is not withheld", async () => {
  const before = await openBackup();
  await before.erase();
  nowMs += DAY_MS;
  await before.store.updateTable("orders").set({ created_at_ms: nowMs }).execute();
  await before.store
    .insertInto("envelopes")
    .values({
      order_id: ORDER,
      serial: SERIAL,
      generation: 1,
      env: "new",
      kid: "kid",
      jwe_json: "{}",
      created_at_ms: nowMs,
    })
    .execute();
  await before.round();
  expect(await before.isRevoked()).toBe(false);
});

// Evidence: A restored backup.
test("an approval and a break-glass that were used after the backup stay used", async () => {
  const after = await openBackup();
  await after.store
    .insertInto("break_glass")
    .values({
      id: "glass",
      order_id: ORDER,
      serial: null,
      reason: "night",
      created_at_ms: nowMs,
      created_by: "ada",
      expires_at_ms: nowMs + DAY_MS,
      used_at_ms: null,
      used_by: null,
    })
    .execute();
  await after.store
    .insertInto("approvals")
    .values({
      id: "approval",
      order_id: ORDER,
      serial: SERIAL,
      request_hash: "hash",
      way: "unlock",
      purpose: "unlock",
      reason: null,
      requested_by: null,
      address: "",
      agent: "",
      stage: "Delivered",
      kid: "kid",
      state: "open",
      void_reason: null,
      requested_at_ms: nowMs,
      asked_at_ms: nowMs,
      expires_at_ms: nowMs + DAY_MS,
      closed_at_ms: null,
      terms_json: null,
    })
    .execute();
  const record = createRestoreRecord(folder.path);
  await record.keepUse("approvals", "approval", nowMs);
  await record.keepUse("break_glass", "glass", nowMs);
  await after.round();
  const [approval] = await after.store.selectFrom("approvals").select("state").execute();
  const [glass] = await after.store.selectFrom("break_glass").select("used_at_ms").execute();
  expect([approval?.state, glass?.used_at_ms]).toEqual(["released", nowMs]);
});

test("a restore without any known loss is reported, and withholds nothing", async () => {
  const before = await openBackup();
  await before.round();
  await before.round();
  const after = await openBackup();
  await after.round();
  expect(await after.lost()).toEqual([]);
  expect(await listUnconfirmed(after.store)).toHaveLength(1);
  expect(await after.isRevoked()).toBe(false);
});

test("a crash between the database's commit and the record loses nothing and raises no alarm", async () => {
  const before = await openBackup();
  await before.round();
  // The commit came, the file did not.
  await before.revoke();
  await rm(join(folder.path, "switches"), { recursive: true });
  await before.store.updateTable("restore_beats").set({ beat: 7 }).execute();
  await createRecordRounds(before.deps)();
  expect(await listUnconfirmed(before.store)).toEqual([]);
  const after = await openBackup();
  await after.round();
  expect(await after.isRevoked()).toBe(true);
});

test("a record that cannot be written stops no kill switch, and is written once it can be", async () => {
  const path = join(folder.path, "file");
  await writeFile(path, "");
  const before = await openBackup(path);
  await before.revoke();
  expect(await before.isRevoked()).toBe(true);
  await expect(before.round()).rejects.toThrow("ENOTDIR");
  await rm(path);
  await before.round();
  const after = await openBackup(path);
  await after.round();
  expect(await after.isRevoked()).toBe(true);
});

test("of two replicas that start on a restored database, one notes it", async () => {
  const before = await openBackup();
  await before.revoke();
  const after = await openBackup();
  await Promise.all([createRecordRounds(after.deps)(), createRecordRounds(after.deps)()]);
  expect(await listUnconfirmed(after.store)).toHaveLength(1);
});

test("two replicas with folders of their own bring back what either of them has recorded", async () => {
  const folders = ["one", "other"].map((name) => join(folder.path, name));
  const [one = "", other = ""] = folders;
  const before = await openBackup(one);
  await before.round();
  await before.revoke();
  Object.assign(before.store, { restoreRecord: createRestoreRecord(other) });
  const another = createRecordRounds(before.deps);
  await another();
  nowMs += DAY_MS;
  await before.erase();
  const after = await openBackup(one);
  await after.round();
  Object.assign(after.store, { restoreRecord: createRestoreRecord(other) });
  await createRecordRounds(after.deps)();
  expect(await after.lost()).toEqual([
    expect.stringMatching(/^kill switch of .* \(stolen\): it is on again$/),
    expect.stringMatching(/^erasure of /),
  ]);
  for (const record of folders) {
    Object.assign(after.store, { restoreRecord: createRestoreRecord(record) });
    await createRecordRounds(after.deps)();
  }
  expect(await after.lost()).toHaveLength(2);
});

test("a record of more facts than one statement may name is compared", async () => {
  const record = createRestoreRecord(folder.path);
  const row = { kind: "fleet", origin: "operator", reason: "drill", created_by: "ada" } as const;
  const FACTS = 501;
  for (let index = 0; index < FACTS; index += 1) {
    const id = `switch-${String(index)}`;
    await record.keepSwitch({ ...row, scope: id, created_at_ms: nowMs, id });
  }
  const after = await openBackup();
  await after.round();
  expect(await after.lost()).toHaveLength(FACTS);
  await createRecordRounds(after.deps)();
  expect(await after.lost()).toHaveLength(FACTS);
});

test("a folder that hangs delays a kill switch by its time limit, once, and is written when it answers", async () => {
  const before = await openBackup();
  await before.round();
  const beat = join(folder.path, "beat.json");
  await rm(beat);
  // A reader of it waits for a writer.
  execFileSync("mkfifo", [beat]);
  await expect(before.round()).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await before.revoke();
  expect(await before.isRevoked()).toBe(true);
  expect(await createRestoreRecord(folder.path).listSwitchIds()).toEqual([]);
  await expect(before.examine()).rejects.toMatchObject({
    code: "Misuse",
    detail: expect.stringContaining("its server does not answer"),
  });
  await writeFile(beat, '{"beat":1,"atMs":0}');
  await rm(beat);
  await expect.poll(() => before.round().then(() => "done", String)).toBe("done");
  expect(await createRestoreRecord(folder.path).listSwitchIds()).toHaveLength(1);
});
