// @module-tag one-engine

import { findPostgres, requireTool, startPostgres } from "@databox-cmk/testkit";
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

  test("names a database that is not there", async () => {
    await expect(probes("nowhere").database()).rejects.toMatchObject({
      code: "Misuse",
      detail: expect.stringContaining("there is no such database") as string,
    });
  });
});
