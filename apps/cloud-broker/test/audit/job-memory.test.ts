import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { folderFor } from "@databox-cmk/testkit";
import { afterAll, beforeAll, expect, inject, test } from "vitest";

import { nextAuditRow } from "../../src/audit/audit-row.ts";
import { orderIdOf } from "../../src/core/order.ts";
import { DATABASE_FILE } from "../../src/run/open-data-dir.ts";
import { openStore } from "../../src/store/open-store.ts";
import { openPostgres } from "../../src/store/postgres/open-postgres.ts";
import type { Store } from "../../src/store/store.ts";
import { type BuiltBroker, buildBroker } from "../serve/build-broker.ts";
import { createTestDatabases, settingsOf, TEMPLATE, urlOf } from "../store/test-databases.ts";

const MIB = 1024 * 1024;
/** The manifest names the memory of the job, of each chain, of each row of the longest one. */
const [OWN_BYTES, CHAIN_BYTES, ROW_BYTES] = [100 * MIB, 2.5 * 1024, 1024];
const CHAINS = 10_000;
const EVENT = {
  action: "renew",
  actor: { kind: "broker" },
  outcome: "done",
  correlationId: "00000000-0000-4000-8000-000000000000",
} as const;
const JOBS = "../../../../deploy/kubernetes/";
const manifest = (path: string) => readFileSync(new URL(JOBS + path, import.meta.url), "utf8");
const limitOf = (text: string) => Number(/limits:\n +memory: (\d+)Mi$/m.exec(text)?.[1]) * MIB;
const FIGURES = new URL("../../../../bench/figures/capacity.json", import.meta.url);
/** Tells the most memory that the process had, in KiB; `resourceUsage` would count its parent's. */
const TELL = `data:text/javascript,import { readFileSync } from "node:fs";
process.on("exit", () => console.error(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]));`;
const IMAGE = new URL("../../../../deploy/broker/image.json", import.meta.url);
const { Entrypoint } = JSON.parse(readFileSync(IMAGE, "utf8")) as { Entrypoint: string[] };

const server = inject("postgres");
const databases = server === undefined ? undefined : createTestDatabases(server.url);
const folder = folderFor(beforeAll);
let built: BuiltBroker;
let store: Store;
let name = "";
beforeAll(async () => {
  built = await buildBroker();
  if (server !== undefined && databases !== undefined) name = await databases.create(TEMPLATE);
  store =
    server === undefined
      ? await openStore(join(folder.path, DATABASE_FILE))
      : await openPostgres(settingsOf(server.url, name));
  const rows = Array.from({ length: CHAINS }, (_each, index) => {
    const order = { resourceGroup: "jobs", name: `order-${String(index)}` };
    const chain = orderIdOf({ subscriptionId: EVENT.correlationId, ...order });
    return nextAuditRow(chain, undefined, EVENT, index);
  });
  for (let from = 0; from < CHAINS; from += 500)
    await store
      .insertInto("audit")
      .values(
        rows.slice(from, from + 500).map(({ chain, sequence, rowJson, hash }) => ({
          chain,
          sequence,
          row_json: rowJson,
          hash,
          at_ms: sequence,
        })),
      )
      .execute();
});
afterAll(async () => {
  await store.destroy();
  await databases?.drop(name);
  await databases?.close();
  built[Symbol.dispose]();
});

/** @returns the most memory that `broker` had, in bytes */
function run(...words: readonly string[]): number {
  const flags = [...Entrypoint.slice(1, -1), "--import", TELL];
  const { status, stderr } = spawnSync(process.execPath, [...flags, built.main, ...words], {
    encoding: "utf8",
    maxBuffer: 64 * MIB,
    env: {
      MALLOC_ARENA_MAX: "2",
      BROKER_URL: "https://broker.localhost",
      BROKER_TLS_CERTIFICATE_FILE: "-",
      BROKER_TLS_KEY_FILE: "-",
      BROKER_DATA_DIR: folder.path,
      TENANT_ID: EVENT.correlationId,
      SERVICE_KEY_URL: "https://service.vault.localhost:8443/keys/service",
      IDENTITY_RESOURCE_GROUP: `/subscriptions/${EVENT.correlationId}/resourceGroups/broker`,
      ...(server === undefined
        ? {}
        : { DATABASE_URL: urlOf(server.url, name), DATABASE_TLS: "off" }),
    },
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return Number(stderr.trim().split("\n").at(-1)) * 1024;
}

// Pages of SQLite's file, which the kernel may take back, would count.
test.runIf(server !== undefined)(
  "the jobs of the trail and of the backup stay in the memory that their manifests name",
  () => {
    const trail = manifest("base/audit-verification.yaml");
    const carried = /carry\n +# ([\d,]+) orders, and ([\d,]+) rows/.exec(trail)?.slice(1);
    const [orders = NaN, rows = NaN] = carried?.map((each) => Number(each.replace(",", ""))) ?? [];
    expect(OWN_BYTES + orders * CHAIN_BYTES + rows * ROW_BYTES).toBeLessThan(limitOf(trail));
    expect(run("audit", "verify", "--configured")).toBeLessThan(OWN_BYTES + CHAINS * CHAIN_BYTES);
    const exported = run("export", join(folder.path, "broker.ndjson"));
    expect(exported).toBeLessThan(limitOf(manifest("backup/backup.yaml")) * 0.75);
  },
);

test("the volume of the backups holds as many files as its manifest says", () => {
  const [, bytes] = /"SQLite: an audit row": ([\d.]+)/.exec(readFileSync(FIGURES, "utf8")) ?? [];
  const yearBytes = 1_000 * 365 * Number(bytes);
  const backup = manifest("backup/backup.yaml");
  expect(backup).toContain(`by ${(Math.ceil(yearBytes / 1e8) / 10).toFixed(1)} GB in a year`);
  const volume = Number(/storage: (\d+)Gi$/m.exec(backup)?.[1]) * 1024 * MIB;
  expect(7 * 5 * yearBytes).toBeLessThan(volume);
});
