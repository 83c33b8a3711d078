import { spawnSync } from "node:child_process";
import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { toAppError } from "@databox-cmk/errors";
import { folderFor, LeaseClient } from "@databox-cmk/testkit";
import { Command } from "commander";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";

import { orderIdOf } from "../../src/core/order.ts";
import { addStoreCommands } from "../../src/run/move-store/add-store-commands.ts";
import { exportStore } from "../../src/run/move-store/export-store.ts";
import { importStore } from "../../src/run/move-store/import-store.ts";
import { exportTo } from "../../src/run/move-store/move-store.ts";
import { requiredMigration } from "../../src/store/migrate.ts";
import { MIGRATIONS } from "../../src/store/migrations.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openTestStore } from "../store/open-test-store.ts";
import { createTestDatabases, urlOf } from "../store/test-databases.ts";
import { openBroker } from "../world/open-broker.ts";
import { orderRow } from "../world/order-row.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const server = inject("postgres");
const databases = server === undefined ? undefined : createTestDatabases(server.url);
const made: string[] = [];
const folder = folderFor(beforeAll);
/** The state of a broker with orders, leases and an audit trail, on the engine of this run. */
let file: string;

beforeAll(async () => {
  file = join(folder.path, "lived.ndjson");
  await using world = await openBroker();
  for (const job of ["moved-1", "moved-2"]) await LeaseClient.unlock(await world.delivered(job));
  await using handle = await open(file, "wx", 0o600);
  await exportStore(world.store(), handle, 0, () => undefined);
});
afterAll(async () => {
  for (const name of made) await databases?.drop(name);
  await databases?.close();
});

const MINIMUM = {
  BROKER_TLS_CERTIFICATE_FILE: "-",
  BROKER_TLS_KEY_FILE: "-",
  BROKER_DATA_DIR: "-",
  TENANT_ID: "00000000-0000-4000-8000-00000000000a",
  SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
  IDENTITY_RESOURCE_GROUP:
    "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/broker",
};

/** Lines that the command says, or the clause by which it ends. */
async function broker(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<readonly string[]> {
  const said: string[] = [];
  const program = new Command("broker");
  addStoreCommands(
    program,
    { ...MINIMUM, ...environment },
    { out: (line) => said.push(line), progress: () => undefined },
  );
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    said.push(toAppError(error).detail ?? String(error));
  }
  return said;
}
const sqlite = (name: string) => ({ BROKER_DATA_DIR: join(folder.path, name) });
async function postgres() {
  if (server === undefined || databases === undefined) throw new Error("no server");
  const name = await databases.create();
  made.push(name);
  return { DATABASE_URL: urlOf(server.url, name) };
}
/** A file's statement about each table: its name, its number of rows and their sum. */
const sums = (path: string) => {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.filter((line) => /^\{"(?:table|rows)"/.test(line));
};
/** Of 512 or 1024 bytes: room for the index of SQLite's write-ahead log. */
const LIMIT_BLOCKS = 64;
const FORMER_ORDER = {
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  resourceGroup: "demo",
  name: "former",
};
const withPolicy = (policy: object) => sql`insert into unlock_policies
  (order_id, policy_json, revision, changed_at_ms, changed_by)
  values (${orderIdOf(FORMER_ORDER)}, ${JSON.stringify(policy)}, 1, 0, 'ada')`;
/** A row of each feature that a former program would misread, by the migration that it needs. */
const NEEDING = {
  "0021-device-shares": withPolicy({ custody: { kind: "split" } }),
  "0023-custody-policies": sql`insert into custody_policies
    (subscription_id, split_only, changed_at_ms, changed_by) values ('one', 1, 0, 'ada')`,
  "0024-open-keys": withPolicy({ purposes: {} }),
  "0027-overrides": sql`insert into approvals
    (id, order_id, serial, request_hash, way, purpose, address, agent, stage, kid, state,
      requested_at_ms, asked_at_ms, expires_at_ms, effective_at_ms)
    values ('one', ${orderIdOf(FORMER_ORDER)}, 'DBX-1', 'hash', 'unlock', 'unlock', '', '',
      'Delivered', 'kid', 'open', 0, 0, 0, 0)`,
  "0037-subscription-tenants": sql`insert into tenants
    (id, name, state, since_ms, changed_at_ms, changed_by)
    values ('one', 'One', 'connected', 0, 0, 'ada')`,
};
const IMPORTED = [
  expect.stringMatching(/^imported \d\d+ rows; every table and audit chain was verified$/),
];

const edit = (change: (lines: string[]) => string[]) => (text: string) =>
  `${change(text.trimEnd().split("\n")).join("\n")}\n`;

describe("a store that is moved", () => {
  test("has everything in it: by way of SQLite, and of PostgreSQL where there is one, and back", async () => {
    const targets = [
      sqlite("first"),
      ...(server === undefined ? [] : [await postgres()]),
      sqlite("last"),
    ];
    let from = file;
    for (const [index, target] of targets.entries()) {
      expect(await broker(target, "import", from)).toEqual(IMPORTED);
      const next = join(folder.path, `again-${String(index)}.ndjson`);
      expect(await broker(target, "export", next)).toHaveLength(1);
      expect(statSync(next).mode & 0o777).toBe(0o600);
      expect(sums(next)).toEqual(sums(file));
      from = next;
    }
    expect(sums(file).length).toBeGreaterThan(40);
  });

  test("keeps its file when the database cannot note the backup", async () => {
    await using store = await openTestStore(":memory:");
    await sql`alter table upkeep rename column ok to fine`.execute(store);
    const path = join(folder.path, "unnoted.ndjson");
    const said: string[] = [];
    const output = { out: (line: string) => said.push(line), progress: () => undefined };
    await exportTo(store, path, output);
    expect(said).toEqual([
      `exported 0 rows to ${path}`,
      expect.stringMatching(/^the database does not know of this backup: /),
    ]);
    expect(existsSync(path)).toBe(true);
  });

  test("of a former version gets that version's schema, its rows, and then the newest schema", async () => {
    const former = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < "0027"));
    const path = join(folder.path, "former.ndjson");
    {
      await using store = await openStore(join(folder.path, "former.sqlite"), undefined, former);
      await store.insertInto("orders").values(orderRow(FORMER_ORDER, 0)).execute();
      await using handle = await open(path, "wx", 0o600);
      await exportStore(store, handle, 0, () => undefined);
    }
    const target = server === undefined ? sqlite("newer") : await postgres();
    expect(await broker(target, "import", path)).toEqual([
      "imported 1 rows; every table and audit chain was verified",
    ]);
    expect(await broker(target, "migrate")).toEqual([
      `migrated: newest is ${String(Object.keys(MIGRATIONS).toSorted().at(-1))}`,
    ]);
  });

  test.each(Object.entries(NEEDING))("needs %s for its rows, as before", async (needed, insert) => {
    const path = join(folder.path, `${needed}.ndjson`);
    {
      await using store = await openTestStore(":memory:");
      await store.insertInto("orders").values(orderRow(FORMER_ORDER, 0)).execute();
      await insert.execute(store);
      await exportTo(store, path, { out: () => undefined, progress: () => undefined });
    }
    await using store = await openTestStore(":memory:");
    const readLines = () => createInterface({ input: createReadStream(path) });
    await importStore(store, readLines, () => undefined);
    expect(await requiredMigration(store)).toBe(needed);
  });

  test("goes into an empty database only", async () => {
    const target = server === undefined ? sqlite("twice") : await postgres();
    expect(await broker(target, "import", file)).toEqual(IMPORTED);
    expect(await broker(target, "import", file)).toEqual([
      expect.stringMatching(/^the database is not empty \(\w+\); import into a new one/),
    ]);
  });

  const DAMAGES: Readonly<Record<string, readonly [(text: string) => string, RegExp]>> = {
    "ends early": [
      edit((lines) => lines.slice(0, -3)),
      /^the file ends after \d+ lines; it is incomplete/,
    ],
    "lost a row": [
      edit((lines) => lines.filter((line) => !line.includes("order/update"))),
      /^audit does not match the file; nothing was imported$/,
    ],
    "has a changed row": [
      (text) => text.replace('"Delivered"', '"Dispatched"'),
      /does not match the file/,
    ],
    "is no export": [() => "PRAGMA foreign_keys=OFF;\n", /^line 1: expected JSON$/],
    "is of other tables": [
      (text) => text.replace("0002-key-health", "0002-other"),
      /^the file has other tables than this database; run broker migrate on both/,
    ],
  };
  test.each(Object.entries(DAMAGES))(
    "from a file that %s leaves nothing behind",
    async (_name, [damage, expected]) => {
      const damaged = join(folder.path, "damaged.ndjson");
      writeFileSync(damaged, damage(readFileSync(file, "utf8")));
      const target = server === undefined ? sqlite(_name) : await postgres();
      expect(await broker(target, "import", damaged)).toEqual([expect.stringMatching(expected)]);
      expect(await broker(target, "import", file)).toEqual(IMPORTED);
    },
  );

  test("is not written over a file that is there, nor read from one that is not", async () => {
    const target = sqlite("files");
    expect(await broker(target, "export", file)).toEqual([
      `${file} is there already; name a new file`,
    ]);
    expect(await broker(target, "import", "/nowhere")).toEqual(["/nowhere is not there"]);
    expect(await broker(target, "import", folder.path)).toEqual([
      `${folder.path} is a folder; name a file`,
    ]);
    expect(await broker(target, "migrate")).toEqual([
      expect.stringMatching(/^migrated: newest is \d{4}-/),
    ]);
  });

  // A write that meets the end of the disk writes a part first, without an error.
  test("leaves no part of a file when the whole does not fit", async () => {
    const target = sqlite("short");
    expect(await broker(target, "import", file)).toEqual(IMPORTED);
    expect(statSync(file).size).toBeGreaterThan(LIMIT_BLOCKS * 1024);
    const path = join(folder.path, "short.ndjson");
    const limited = ["-c", `ulimit -f ${String(LIMIT_BLOCKS)}; exec "$@"`, "sh", process.execPath];
    const { status, stdout, stderr } = spawnSync(
      "sh",
      [...limited, "--disable-warning=ExperimentalWarning", MAIN, "export", path],
      { env: { ...MINIMUM, ...target }, encoding: "utf8" },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`broker: ${path} may not become as long as it must;`);
    expect(existsSync(path)).toBe(false);
  });
});
