// @module-tag one-engine

import { readFileSync } from "node:fs";

import type { AuditAction } from "@databox-cmk/protocol";
import {
  findPostgres,
  hasPgbouncer,
  type Pgbouncer,
  type PostgresServer,
  requireTool,
  startPgbouncer,
  startPostgres,
  required,
} from "@databox-cmk/testkit";
import { Kysely, PostgresDialect, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type AuditChain, createAppendAudit } from "../../src/audit/append-audit.ts";
import { putFormerAside } from "../../src/audit/former-chains.ts";
import { parseDatabaseUrl } from "../../src/config/database-url.ts";
import { foldOrderId } from "../../src/core/order.ts";
import { createPostgresProbes } from "../../src/run/doctor/probe-storage.ts";
import { takeChainHead } from "../../src/store/chain-head.ts";
import { migrate } from "../../src/store/migrate.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import type { PostgresSettings } from "../../src/store/postgres/connection-settings.ts";
import { createPool } from "../../src/store/postgres/create-pool.ts";
import { createPostgresStore, openPostgres } from "../../src/store/postgres/open-postgres.ts";
import type { Store, StoreTransaction } from "../../src/store/store.ts";
import { runLocking } from "../../src/store/transactions.ts";

const PAGE = new URL("../../../../docs/operate/postgresql.md", import.meta.url);
const page = readFileSync(PAGE, "utf8");
/** The page's blocks of SQL, in their order. */
const [asAdministrator = "", inDatabase = "", afterMigration = "", timeLimits = ""] = [
  ...page.matchAll(/^```sql\n(.*?)^```$/gms),
].map(([, text = ""]) => text);
/** The settings on which the broker depends. */
const documented = Object.fromEntries(
  [
    ...page.matchAll(
      /^(pool_mode|max_prepared_statements|ignore_startup_parameters|query_wait_timeout|server_login_retry) = (.+)$/gm,
    ),
  ].map(([, name = "", value = ""]) => [name, value]),
);
/** Fewer than the broker's ten, so that its connections share them, and wait for them. */
const FEW = { default_pool_size: "2", query_wait_timeout: "0" };

const DATABASE = "broker";
const OWNER = "broker_migrate";
const USER = "broker_serve";
const CHAIN = "broker";

const canRun = requireTool("pgbouncer", findPostgres() !== undefined && hasPgbouncer());

/** A busy machine may be slow. */
const PATIENCE = { statementTimeoutSeconds: 600, connectTimeoutMs: 600_000 };
const limits = timeLimits.replaceAll("10s", "600s");

const settingsOf = (address: string): PostgresSettings => {
  const url = required(parseDatabaseUrl(address));
  return { url, tls: "off", poolSize: 10, ...PATIENCE };
};

const appendAudit = createAppendAudit({ now: () => 0 });
const append = (
  transaction: StoreTransaction,
  chain: AuditChain = CHAIN,
  action: AuditAction = "unlock",
): Promise<unknown> =>
  appendAudit(transaction, chain, {
    action,
    actor: { kind: "broker" },
    outcome: "granted",
    correlationId: "",
  });

async function advisoryLocks(store: Store): Promise<number | undefined> {
  const { rows } = await sql<{ locks: number }>`
    select count(*) as locks from pg_locks where locktype = 'advisory'`.execute(store);
  return rows[0]?.locks;
}

describe.skipIf(!canRun)("a database behind pgbouncer in the mode transaction", () => {
  let server: PostgresServer;
  let pooler: Pgbouncer;
  const administer = async (database: string, statements: string): Promise<void> => {
    const pool = createPool(settingsOf(server.url(database)));
    const admin = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    for (const statement of statements.split(";"))
      if (statement.trim() !== "") await sql.raw(statement).execute(admin);
    await admin.destroy();
  };
  const as = (user: string): PostgresSettings => settingsOf(pooler.url(user));
  beforeAll(async () => {
    server = await startPostgres();
    pooler = await startPgbouncer(server, DATABASE, { ...documented, ...FEW });
    await administer("postgres", asAdministrator);
    await administer(DATABASE, inDatabase);
  });
  afterAll(async () => {
    await pooler[Symbol.asyncDispose]();
    await server.close();
  });

  test("that refuses the broker's time limits is not taken for an outage", async () => {
    await using strict = await startPgbouncer(server, DATABASE, { pool_mode: "transaction" });
    await expect(openPostgres(settingsOf(strict.url(OWNER)))).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining("name them in its ignore_startup_parameters") as string,
    });
  });

  test("is migrated by several at once, and no lock stays with a shared connection", async () => {
    await using loose = await startPgbouncer(server, DATABASE, { ...documented, ...FEW });
    const settings = settingsOf(loose.url(OWNER));
    const stores = Array.from({ length: 3 }, () => createPostgresStore(settings));
    await Promise.all(stores.map((store) => migrate(store)));
    const store = required(stores[0]);
    expect(await advisoryLocks(store)).toBe(0);
    const failing = { up: () => Promise.reject(new Error("a fault of the migration")) };
    await expect(migrate(store, { ...MIGRATIONS, "9999-fails": failing })).rejects.toThrow(
      "cannot be migrated",
    );
    expect(await advisoryLocks(store)).toBe(0);
    await migrate(store);
    await Promise.all(stores.map((each) => each.destroy()));
    await administer(DATABASE, afterMigration);
  });

  test("that drops the time limits is refused by start and doctor until the database has them", async () => {
    await using loose = await startPgbouncer(server, DATABASE, { ...documented, ...FEW });
    const settings = settingsOf(loose.url(USER));
    const refusal = {
      code: "Misuse",
      detail: expect.stringContaining(
        limits
          .trim()
          .replace("\n", " ")
          .replaceAll(`database ${DATABASE}`, `database "${DATABASE}"`),
      ) as string,
    };
    await expect(openPostgres(settings)).rejects.toMatchObject(refusal);
    await expect(createPostgresProbes(settings).database()).rejects.toMatchObject(refusal);
    await administer(DATABASE, limits);
    await (await openPostgres(as(USER))).destroy();
    expect(await createPostgresProbes(as(USER)).database()).toMatchObject({ ok: true });
  });

  test("serves a user that can neither change the schema nor the audit trail", async () => {
    const store = await openPostgres(as(USER));
    await runLocking(store, (each) => append(each));
    const refused = { code: "42501" };
    await expect(
      store.updateTable("audit").set({ row_json: "{}" }).execute(),
    ).rejects.toMatchObject(refused);
    await expect(store.deleteFrom("audit").execute()).rejects.toMatchObject(refused);
    await expect(
      store.schema.createTable("of_user").addColumn("id", "text").execute(),
    ).rejects.toMatchObject(refused);
    await store.destroy();
  });

  test("puts the rows of a deleted order aside for that user, and no others", async () => {
    const store = await openPostgres(as(USER));
    const order = foldOrderId("/deleted/order");
    const write = (action: AuditAction) => runLocking(store, (each) => append(each, order, action));
    const putAside = (chain = order) =>
      runLocking(store, (each) => putFormerAside(each, appendAudit, chain));
    await write("order/create");
    expect(await putAside()).toEqual({});
    await write("order/delete");
    await write("key/destroy");
    expect(await putAside()).toMatchObject({ former: 1, formerLength: 3 });
    await write("order/create");
    await write("order/delete");
    expect(await putAside()).toMatchObject({ former: 2, formerLength: 2 });
    expect(await putAside(foldOrderId(`${order}#1`))).toEqual({});
    const chains = store.selectFrom("audit").select("chain").where("chain", "like", `${order}%`);
    expect((await chains.execute()).map(({ chain }) => chain).toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => `${order}#1`),
      ...Array.from({ length: 2 }, () => `${order}#2`),
    ]);
    await store.destroy();
    const rights = createPostgresProbes(as(USER))["database-rights"];
    expect(await rights()).toMatchObject({ ok: true });
  });

  test("runs more transactions at once than it has connections, with prepared statements", async () => {
    const store = await openPostgres(as(USER));
    await Promise.all(Array.from({ length: 40 }, () => runLocking(store, (each) => append(each))));
    expect(await store.transaction().execute((each) => takeChainHead(each, CHAIN))).toMatchObject({
      sequence: 41,
    });
    await store.destroy();
  });

  test("ends a statement by the limit of its user", async () => {
    await administer(
      "postgres",
      `create role impatient login; alter role impatient set statement_timeout = '50ms'`,
    );
    const store = createPostgresStore({ ...as("impatient"), statementTimeoutSeconds: 600 });
    await expect(sql`select pg_sleep(3600)`.execute(store)).rejects.toMatchObject({
      code: "ServiceUnavailable",
      cause: { code: "57014" },
    });
    await store.destroy();
  });
});
