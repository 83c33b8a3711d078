// @module-tag one-engine

import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { COMPILED_ONCE } from "@databox-cmk/testkit";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { readExport } from "../src/audit/read-audit-files.ts";
import { verifyAuditFile } from "../src/audit/verify-audit.ts";
import { verifyAuditExports } from "../src/audit/verify-exports.ts";
import { type BrokerWorld, openBroker } from "./world/open-broker.ts";

let world: BrokerWorld;
let order: string;
beforeAll(async () => {
  world = await openBroker();
  const device = await world.delivered("audited");
  ({ order } = device);
  for (let index = 0; index < 4; index += 1) await device.unlock("unlock");
  await device.unlock("ingest");
  await world.transport().send("POST", "/device/v1/unlocks", {
    headers: { "content-type": "application/jose" },
    body: "rubbish",
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const databaseFile = () => join(world.folder, "broker.sqlite");

let copies = 0;
async function tampered(statement: string): Promise<string> {
  copies += 1;
  const path = join(world.folder, `copy-${String(copies)}.sqlite`);
  for (const suffix of ["", "-wal"]) await cp(`${databaseFile()}${suffix}`, `${path}${suffix}`);
  const database = new Database(path);
  database.exec(statement);
  database.close();
  return path;
}

describe("the audit trail of a real broker", () => {
  test("is whole, order by order, while the broker runs", async () => {
    const verdicts = await verifyAuditFile(databaseFile());
    expect(verdicts.get(order)).toMatchObject({ ok: true, length: 16 });
    expect(verdicts.get("broker")).toMatchObject({ ok: true, length: 1 });
  });

  const TAMPERED: Readonly<Record<string, readonly [string, object]>> = {
    "a decision that was changed": [
      "update audit set row_json = replace(row_json, 'granted', 'refused') where sequence = 12",
      { sequence: 12, fault: "altered" },
    ],
    "a row that was deleted": [
      "delete from audit where sequence = 3",
      { sequence: 3, fault: "missing-or-moved" },
    ],
    "a row that was deleted, and the rest moved up": [
      "delete from audit where sequence = 3; update audit set sequence = sequence - 1 where sequence > 3",
      { sequence: 3, fault: "altered" },
    ],
    "a beginning that was cut off": [
      "delete from audit where sequence < 3",
      { sequence: 1, fault: "missing-or-moved" },
    ],
    "two rows that changed places": [
      "update audit set sequence = -1 where sequence = 2; update audit set sequence = 2 where sequence = 3; update audit set sequence = 3 where sequence = -1",
      { sequence: 2, fault: "altered" },
    ],
    "rows that were moved to another order": [
      "update audit set chain = '/another' where chain = '<order>'",
      { sequence: 1, fault: "missing-or-moved" },
    ],
    "a time that was changed in a row": [
      "update audit set row_json = replace(row_json, '2026', '2025') where sequence = 5",
      { sequence: 5, fault: "altered" },
    ],
  };
  test.each(Object.entries(TAMPERED))("shows %s", async (_name, [statement, fault]) => {
    const path = await tampered(statement.replace("<order>", order));
    const broken = [...(await verifyAuditFile(path)).values()].filter((verdict) => !verdict.ok);
    expect(broken).toEqual([{ ok: false, ...fault }]);
  });

  // Evidence: An insider who wants a customer's key.
  // Evidence: Gaps in audit rows.
  test("cut off at its end has another length and head than was noted before", async () => {
    const before = (await verifyAuditFile(databaseFile())).get(order);
    const path = await tampered("delete from audit where sequence = 16");
    const after = (await verifyAuditFile(path)).get(order);
    expect(after).toMatchObject({ ok: true, length: 15 });
    expect(after).not.toEqual(before);
  });

  test.each([
    [
      "whole, but for receipts that the device never sent",
      "select 1",
      6,
      /^ok {8}\/subscriptions\/.*: 16 rows, head [\w-]{43}, receipts signed by their device: 1$/m,
    ],
    [
      "tampered with",
      "update audit set hash = hash || 'x' where sequence = 2",
      3,
      /^TAMPERED {2}\/subscriptions\/.*: row 2: this row or its hash was altered$/m,
    ],
  ] as const)(
    "that is %s is reported by the command and its exit code",
    async (_name, statement, code, text) => {
      const path = await tampered(statement);
      const main = join(import.meta.dirname, "../src/main.ts");
      const command = [main, "audit", "verify", "--database", path];
      const run = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
        execFile(process.execPath, command, { env: COMPILED_ONCE }, (error, stdout) => {
          resolve({ code: error === null ? 0 : error.code, stdout });
        });
      });
      expect(run.code).toBe(code);
      expect(run.stdout).toMatch(text);
    },
  );

  test("holds when its rows were exported as JSON lines, and shows a row that was changed", async () => {
    const database = new Database(databaseFile(), { readonly: true });
    const rows = database
      .prepare<[string], { sequence: number; hash: string; rowJson: string }>(
        "select sequence, hash, row_json as rowJson from audit where chain = ? order by sequence",
      )
      .all(order);
    database.close();
    const lines = rows.map(({ sequence, hash, rowJson }) => {
      const row = JSON.parse(rowJson) as { at: string };
      return JSON.stringify({ sequence, at: row.at, hash, row });
    });
    const whole = join(world.folder, "whole.jsonl");
    await writeFile(whole, `${lines.join("\n")}\n`);
    expect(verifyAuditExports([readExport(whole)])).toEqual([
      { chain: order, verdict: (await verifyAuditFile(databaseFile())).get(order) },
    ]);
    const changed = join(world.folder, "changed.jsonl");
    await writeFile(
      changed,
      lines.join("\n").replace('"outcome":"granted"', '"outcome":"refused"'),
    );
    expect(verifyAuditExports([readExport(changed), readExport(whole)])).toMatchObject([
      { chain: order, path: changed, verdict: { ok: false, fault: "altered" } },
      { chain: order, path: whole, verdict: { ok: true } },
    ]);
    expect(() => readExport(join(world.folder, "nonce-key.bin"))).toThrow(
      expect.objectContaining({ code: "Misuse" }) as Error,
    );
  });

  test("of a file that is not a broker's database says so", async () => {
    const verified = verifyAuditFile(join(world.folder, "nonce-key.bin"));
    await expect(verified).rejects.toMatchObject({ code: "Misuse" });
  });

  test("names the Node that it needs, which an older one would not survive", async () => {
    const older = { ...process.versions, node: "20.20.2" };
    using _ = vi.spyOn(process, "versions", "get").mockReturnValue(older);
    await expect(verifyAuditFile(databaseFile())).rejects.toMatchObject({
      code: "Misuse",
      detail: "a database file is read by Node 22 or newer; this is Node 20.20.2",
    });
  });
});
