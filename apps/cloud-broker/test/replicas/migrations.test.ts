import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { type DeviceClient, folderFor, LeaseClient } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { beforeAll, expect, inject, test } from "vitest";

import { appliedMigrations, migrate, withoutWayBack } from "../../src/store/migrate.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import type { Store } from "../../src/store/store.ts";
import { createBrokerEnvironment } from "../serve/broker-environment.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { createTestDatabases, settingsOf, urlOf } from "../store/test-databases.ts";
import { API, jobPath } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";
import { AFTER_NEXT, columnsOf, describeSchema, narrowed, NEXT } from "./next-version.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const PROCESSES = 3;
const server = inject("postgres");
const folder = folderFor(beforeAll);

/** An unused database on the engine of this run. */
type EmptyDatabase = AsyncDisposable & {
  readonly variables: Readonly<Record<string, string>>;
  open(): Promise<Store>;
};

async function createEmptyDatabase(): Promise<EmptyDatabase> {
  if (server === undefined)
    return {
      variables: { BROKER_DATA_DIR: folder.path },
      open: () => openStore(join(folder.path, "broker.sqlite")),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  const databases = createTestDatabases(server.url);
  const name = await databases.create();
  return {
    variables: { DATABASE_URL: urlOf(server.url, name) },
    open: () => openPostgres(settingsOf(server.url, name)),
    async [Symbol.asyncDispose]() {
      await databases.drop(name);
      await databases.close();
    },
  };
}

test(`${String(PROCESSES)} processes that migrate an empty database at once all succeed, and each migration is applied once`, async () => {
  using environment = await createBrokerEnvironment();
  await using empty = await createEmptyDatabase();
  const env = { ...environment.variables, ...empty.variables };
  const command = ["--disable-warning=ExperimentalWarning", MAIN, "migrate"];
  const runs = await Promise.all(
    Array.from({ length: PROCESSES }, () =>
      promisify(execFile)(process.execPath, command, { env }),
    ),
  );
  const newest = Object.keys(MIGRATIONS).toSorted().at(-1);
  for (const { stdout } of runs) expect(stdout).toBe(`migrated: newest is ${String(newest)}\n`);
  const store = await empty.open();
  const alone = await openTestStore(":memory:");
  expect(await appliedMigrations(store)).toEqual(Object.keys(MIGRATIONS).toSorted());
  expect(await columnsOf(store)).toEqual(await columnsOf(alone));
  await store.destroy();
  await alone.destroy();
});

test("a migration that takes away or narrows what the former program uses says that it ends the way back", async () => {
  await using empty = await createEmptyDatabase();
  const store = await empty.open();
  const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) };
  const migrator = new Migrator({ db: store, provider });
  const narrowing: string[] = [];
  let before = await describeSchema(store);
  for (const name of Object.keys(MIGRATIONS).toSorted()) {
    expect(await migrator.migrateTo(name)).not.toHaveProperty("error");
    const after = await describeSchema(store);
    if (MIGRATIONS[name]?.endsWayBack !== true && narrowed(before, after).length > 0)
      narrowing.push(name);
    before = after;
  }
  expect(narrowing).toEqual([]);
  await store.destroy();
});

test.for([
  ["drop view lease_keys", "lease_keys"],
  ["drop table campaign_orders", "campaign_orders"],
  ["alter table orders rename column location to place", "orders.location orders.place"],
  ["alter table orders drop column location", "orders.location"],
  ["alter table orders add column x integer not null default 0", undefined],
  ["alter table orders add column x integer", undefined],
  ["create table x (id text primary key)", undefined],
  ["create index x on orders (name)", undefined],
  ["create unique index x on orders (name)", "x"],
  ["drop index nodes_by_folded_serial", undefined],
  [
    "alter table orders alter column cancellation_reason set not null",
    "orders.cancellation_reason",
  ],
  ["alter table orders alter column name type varchar(3)", "orders.name"],
] as const)("%s is seen as what it is", async ([statement, lost]) => {
  if (server === undefined && statement.includes("alter column")) return;
  const store = await openTestStore(":memory:");
  const before = await describeSchema(store);
  await sql.raw(statement).execute(store);
  expect(narrowed(before, await describeSchema(store))).toEqual(lost?.split(" ") ?? []);
  await store.destroy();
});

const expectStatus = async (status: number, call: ReturnType<BrokerWorld["call"]>) =>
  expect(await call).toMatchObject({ status });

/** A fleet's usual requests at any replica; every kind of statement is prepared once. */
async function live(world: BrokerWorld, device: DeviceClient, job: string): Promise<void> {
  const path = (name: string) => `${jobPath(job)}${name}?${API}`;
  const lease = await LeaseClient.unlock(device);
  expect((await lease.renew()).typ).toBe(MESSAGE_TYPES.lease);
  await expectStatus(202, world.call("PATCH", path(""), { body: { tags: { of: "live" } } }));
  for (const list of ["/activity", "/approvals", "/keyVersions", "/keyHealth", "/revocations"])
    await expectStatus(200, world.call("GET", path(list)));
  await expectStatus(
    200,
    world.call("PUT", path("/unlockBudget"), { body: { unlocksPerDay: 1000 } }),
  );
  await expectStatus(200, world.call("POST", path("/revoke"), { body: { reason: "drill" } }));
  expect((await lease.renew()).typ).toBe(MESSAGE_TYPES.relock);
  await lease.receipt({});
  await expectStatus(200, world.call("POST", path("/restoreAccess"), { body: {} }));
  await world.broker().probe();
  await world.broker().sweep();
}

test("a broker goes on serving while the next version expands its database, and starts again on the expanded one", async () => {
  await using world = await openBroker();
  const device = await world.delivered("rolling");
  await live(world, device, "rolling");

  // The next version's replica starts while this one serves.
  const migrating = migrate(world.store(), NEXT);
  for (let count = 0; count < 20; count += 1)
    expect((await device.unlock("unlock")).answer.kind).toBe("answer");
  await migrating;
  expect(await appliedMigrations(world.store())).toContain("9998-expand");
  for (const { transport } of world.replicas()) {
    device.use(transport);
    await live(world, device, "rolling");
  }
  await live(world, await world.delivered("placed-later"), "placed-later");
  expect((await world.call("GET", "/readyz")).json).toMatchObject({ status: "ready" });

  await world.restart();
  device.use(world.transport());
  await live(world, device, "rolling");
});

test("once a later version, which asked, needs it, the former one says that it is not ready, and does not start again", async () => {
  await using world = await openBroker();
  const before = await appliedMigrations(world.store());
  await expect(migrate(world.store(), AFTER_NEXT)).rejects.toMatchObject({
    code: "Misuse",
    detail:
      "9999-contract ends the way back to the former version; back up first, then run broker migrate --no-way-back",
  });
  expect(await appliedMigrations(world.store())).toEqual(before);
  await migrate(world.store(), withoutWayBack(AFTER_NEXT));
  for (const { transport } of world.replicas()) {
    const { status, text } = await transport.send("GET", "/readyz");
    expect({ status, health: JSON.parse(text) as unknown }).toMatchObject({
      status: 503,
      health: { database: "outdated" },
    });
  }
  await expect(migrate(world.store())).rejects.toMatchObject({
    code: "Misuse",
    detail: "the database needs a newer broker (one that knows 9999-contract); run that version",
  });
  // The version in between does not know it either; the version that needs it continues.
  await expect(migrate(world.store(), NEXT)).rejects.toMatchObject({ code: "Misuse" });
  await migrate(world.store(), AFTER_NEXT);
});

test("no query asks for all columns: PostgreSQL ends the prepared ones that do when a column is added", () => {
  const sources = globSync(join(import.meta.dirname, "../../src/**/*.ts"));
  expect(sources.length).toBeGreaterThan(300);
  const asking = sources.filter((path) =>
    /selectAll\(|returningAll\(|select \*|returning \*/.test(readFileSync(path, "utf8")),
  );
  expect(asking).toEqual([]);
});
