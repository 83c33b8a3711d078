import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { nextAuditRow, type AuditRow } from "../../src/audit/audit-row.ts";
import type { AuditEvent } from "../../src/core/ports.ts";
import { DATABASE_FILE } from "../../src/run/open-data-dir.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import type { Store } from "../../src/store/store.ts";
import { createTestDatabases, settingsOf, TEMPLATE, urlOf } from "../store/test-databases.ts";
import { verifyAudit } from "./audit-command.ts";

/** More rows than one page. */
const ROWS = 2100;
const CHAINS = ["/an/order", "broker"];
const EVENT: AuditEvent = {
  action: "renew",
  actor: { kind: "broker" },
  outcome: "done",
  correlationId: "00000000-0000-4000-8000-000000000000",
};
const server = inject("postgres");
const databases = server === undefined ? undefined : createTestDatabases(server.url);

const folder = folderFor(beforeAll);
let store: Store;
let name: string;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  if (server !== undefined && databases !== undefined) name = await databases.create(TEMPLATE);
  store =
    server === undefined
      ? await openStore(join(folder.path, DATABASE_FILE))
      : await openPostgres(settingsOf(server.url, name));
  environment = {
    BROKER_TLS_CERTIFICATE_FILE: "-",
    BROKER_TLS_KEY_FILE: "-",
    BROKER_DATA_DIR: folder.path,
    TENANT_ID: "00000000-0000-4000-8000-00000000000a",
    SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
    IDENTITY_RESOURCE_GROUP:
      "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
    ...(server === undefined ? {} : { DATABASE_URL: urlOf(server.url, name), DATABASE_TLS: "off" }),
  };
  for (const chain of CHAINS) await insert(chain);
});
afterAll(async () => {
  await store.destroy();
  await databases?.drop(name);
  await databases?.close();
});

async function insert(chain: string): Promise<void> {
  const rows: AuditRow[] = [];
  while (rows.length < ROWS) rows.push(nextAuditRow(chain, rows.at(-1), EVENT, rows.length));
  for (let from = 0; from < ROWS; from += 700)
    await store
      .insertInto("audit")
      .values(
        rows.slice(from, from + 700).map(({ sequence, rowJson, hash }) => ({
          chain,
          sequence,
          row_json: rowJson,
          hash,
          at_ms: sequence,
        })),
      )
      .execute();
}

// Evidence: Offline audit verification.
test("the database that a broker is configured for is verified where it is, and a changed row is found", async () => {
  const whole = await verifyAudit(["--configured"], environment);
  expect(whole.exitCode).toBe(0);
  expect(whole.lines).toEqual(
    CHAINS.map((chain) => expect.stringMatching(`^ok +${chain}: ${String(ROWS)} rows, head `)),
  );
  const noted = () => store.selectFrom("upkeep").select(["work", "ok"]).execute();
  expect(await noted()).toEqual([{ work: "audit-verify", ok: 1 }]);
  await store
    .updateTable("audit")
    .set({ row_json: "{}" })
    .where("chain", "=", "broker")
    .where("sequence", "=", ROWS - 1)
    .execute();
  const changed = await verifyAudit(["--configured"], environment);
  expect(changed.exitCode).toBe(3);
  expect(await noted()).toEqual([{ work: "audit-verify", ok: 0 }]);
  expect(changed.lines[0]).toBe(whole.lines[0]);
  expect(changed.lines[1]).toBe(
    `TAMPERED  broker: row ${String(ROWS - 1)}: this row or its hash was altered`,
  );
});

test("a database that is not there is named", async () => {
  const elsewhere =
    server === undefined
      ? { ...environment, BROKER_DATA_DIR: join(folder.path, "nowhere") }
      : { ...environment, DATABASE_URL: urlOf(server.url, "nowhere") };
  await expect(verifyAudit(["--configured"], elsewhere)).rejects.toMatchObject({
    code: "Misuse",
    detail: expect.stringMatching(/no such database|nowhere/) as string,
  });
});
