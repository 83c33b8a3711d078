// @module-tag one-engine

import { findPostgres, requireTool, startPostgres } from "@databox-cmk/testkit";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createPostgresProbes } from "../../src/run/doctor/probe-storage.ts";
import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import { createTestDatabases, settingsOf } from "../store/test-databases.ts";

const hasPostgres = requireTool("postgresql", findPostgres() !== undefined);

describe.skipIf(!hasPostgres)("the doctor, of PostgreSQL,", () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());
  const probes = (database: string) =>
    createPostgresProbes(settingsOf(server.url("postgres"), database));

  test("finds nothing to do in a database that is to be used for the first time", async () => {
    const { database, migrations, "database-write": write } = probes("postgres");
    expect(await database()).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^postgres at .*, 0 tables$/) as string,
    });
    expect(await migrations()).toMatchObject({
      ok: true,
      found: expect.stringMatching(/to come at the next start/) as string,
    });
    expect(await write()).toMatchObject({ ok: true });
  });

  test("reports the newest migration, and a server that does not accept writes", async () => {
    const databases = createTestDatabases(server.url("postgres"));
    await databases.named("standby");
    await (await openPostgres(settingsOf(server.url("postgres"), "standby"))).destroy();
    await databases.makeReadOnly("standby");
    await databases.close();
    const { migrations, "database-write": write } = probes("standby");
    expect(await migrations()).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^newest is/) as string,
    });
    expect(await write()).toMatchObject({
      ok: false,
      failure: { detail: expect.stringMatching(/accepts no writes/) as string },
    });
  });

  test.each([
    ["as the page says", "select 1", true, "may only extend the audit trail"],
    ["but may change audit rows", "grant update on audit to $", false, "may change the audit"],
    ["but owns a table", "alter table orders owner to $", false, "owns 1 tables"],
    ["but may create tables", "grant create on schema public to $", false, "may create tables"],
    ["but cannot read a table", "revoke select on nodes from $", false, "cannot read 1 tables"],
    ["and owns the database", "alter database $ owner to $", true, "serve as a second user"],
  ])("judges a user that serves %s", async (_name, change, ok, words) => {
    const databases = createTestDatabases(server.url("postgres"));
    const name = await databases.create();
    await databases.close();
    const settings = settingsOf(server.url("postgres"), name);
    await using owner = await openPostgres(settings);
    for (const statement of [
      "create role $ login",
      "grant select, insert, update, delete on all tables in schema public to $",
      "revoke update, delete on audit from $",
      "delete from kysely_migration where name = '0029-counted-switches'",
      change,
    ])
      await sql.raw(statement.replaceAll("$", name)).execute(owner);
    const probed = createPostgresProbes({ ...settings, url: { ...settings.url, user: name } });
    const rights = await probed["database-rights"]();
    expect(rights.ok).toBe(ok);
    expect(JSON.stringify(rights)).toContain(words);
    const mayMigrate = /create tables|second user/.test(words);
    expect((await probed.migrations()).ok).toBe(mayMigrate);
  });

  test("names a database that is not there", async () => {
    await expect(probes("nowhere").database()).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining("there is no such database") as string,
    });
  });
});
